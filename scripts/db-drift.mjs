/** npm run db:drift: do the migrations make what prisma/schema.prisma and prisma/extra.sql say? Exit code 1 when they do not. */
import { join } from 'node:path';
import { ensureInstalled, helpIfAsked } from './lib/workspace.mjs';

helpIfAsked('npm run db:drift: whether the migrations make what prisma/schema.prisma and prisma/extra.sql say.');
ensureInstalled({ tools: true });
// Only now: before the first install there is nothing to load.
const { logger, main, withScratchServer } = await import('./db-tools.mjs');

await main(async () => {
  const { findDrift, readSchema } = await import('../libs/store/src/migrate/drift.ts');
  const { prismaDir } = await import('../libs/store/src/migrate/migration-files.ts');
  const prisma = prismaDir();
  const wanted = await readSchema(prisma);
  const drift = await withScratchServer((url) => findDrift(url, join(prisma, 'migrations'), wanted, logger));
  if (drift.length === 0) return console.log('migrations and schema agree');
  console.error(`${drift.join('\n')}\n\nThe migrations do not make this schema: npm run db:migrate -- <name>`);
  process.exitCode = 1;
});
