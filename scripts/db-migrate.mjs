/** npm run db:migrate -- <name>: writes the migration for what has changed in prisma/schema.prisma and prisma/extra.sql. */
import { relative } from 'node:path';
import { ensureGenerated, ensureInstalled, helpIfAsked } from './lib/workspace.mjs';

helpIfAsked(
  'npm run db:migrate -- <name>: writes the migration for what has changed in prisma/schema.prisma and prisma/extra.sql.',
);
ensureInstalled({ tools: true });
// Only now: before the first install there is nothing to load.
const { logger, main, withScratchServer } = await import('./db-tools.mjs');

await main(async () => {
  const name = process.argv[2];
  if (!name || !/^[a-z0-9_]+$/.test(name)) throw new Error('usage: npm run db:migrate -- <name>, of a-z, 0-9 and _');
  const { draftMigration } = await import('../libs/store/src/migrate/draft-migration.ts');
  const { prismaDir } = await import('../libs/store/src/migrate/migration-files.ts');
  const time = new Date().toISOString().replace(/\D/g, '').slice(0, 14);
  const { folder, remaining } = await withScratchServer((serverUrl) =>
    draftMigration({ prisma: prismaDir(), serverUrl, folder: `${time}_${name}`, logger }),
  );
  console.log(
    folder ? `wrote ${relative('.', folder)}/migration.sql: read it before you commit it` : 'nothing has changed',
  );
  ensureGenerated();
  if (remaining.length === 0) return;
  console.error(`it does not do everything yet; by hand remain:\n${remaining.join('\n')}`);
  process.exitCode = 1;
});
