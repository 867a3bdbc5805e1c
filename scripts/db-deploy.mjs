/**
 * npm run db:deploy: brings the database of DATABASE_URL up to date, the broker's tables too. Scaled processes wait for it; any number
 * may run at once.
 */
import { helpIfAsked } from './lib/workspace.mjs';

helpIfAsked('npm run db:deploy: brings the database of DATABASE_URL up to date; any number may run at once.');
// Only now: before the first install there is nothing to load.
const { main } = await import('./db-tools.mjs');
const { pino } = await import('pino');

await main(async () => {
  const { readSecretFiles } = await import('../libs/runtime/src/secret-files.ts');
  const { values, problems } = readSecretFiles(process.env);
  if (problems.length > 0) throw new Error(problems.join('\n'));
  const url = values.DATABASE_URL;
  if (!url) throw new Error('DATABASE_URL is not set; the embedded database is brought up to date by npm start');
  const { deployMigrations } = await import('../libs/store/src/migrate/index.ts');
  const { migrateBroker } = await import('../libs/tasks/src/broker/migrate-broker.ts');
  const done = await deployMigrations(url, pino({ level: 'warn' }, process.stderr), [migrateBroker]);
  console.log(done.length === 0 ? 'the database is up to date' : `applied ${done.join(', ')}`);
});
