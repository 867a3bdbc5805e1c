import { createLogger, Env, explainFailure } from '@vaultstream/runtime';
import { checkDatabase } from '@vaultstream/store';
import { openDatabase } from './open-database.ts';

/** `npm run db:check`: what is wrong with the database of this installation, a line each on stdout. Ends with 1 when there is something. */
async function main(): Promise<number> {
  const env = Env.load();
  const logger = createLogger('db-check', { level: 'error', format: env.log.format, stream: process.stderr });
  const { url, stop } = await openDatabase(env, logger);
  try {
    const { problems, skipped, checked } = await checkDatabase(url);
    for (const line of skipped) process.stderr.write(`not looked at: ${line}\n`);
    for (const line of problems) process.stdout.write(`${line}\n`);
    const looked = `${checked.files} tables and indexes read, ${checked.rules} rules asked of the rows`;
    process.stderr.write(`${looked}: ${problems.length === 0 ? 'nothing is wrong' : `${problems.length} problems`}\n`);
    return problems.length === 0 ? 0 : 1;
  } finally {
    await stop();
  }
}

main().then(
  (code) => process.exit(code),
  (error: unknown) => {
    process.stderr.write(`${explainFailure(error, 'The database was not checked')}\n`);
    process.exit(2);
  },
);
