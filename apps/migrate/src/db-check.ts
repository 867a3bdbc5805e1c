import { Env, EnvError, explainFailure } from '@vaultstream/runtime';
import { checkDatabase } from '@vaultstream/store';

/** What is wrong with the database of DATABASE_URL, a line each on stdout: `npm run db:check` of an image. Ends with 1 when there is something. */
async function main(): Promise<number> {
  const { databaseUrl } = Env.load();
  if (databaseUrl === undefined) throw new EnvError('DATABASE_URL: is needed: the database to look at');
  const { problems, skipped, checked } = await checkDatabase(databaseUrl);
  for (const line of skipped) process.stderr.write(`not looked at: ${line}\n`);
  for (const line of problems) process.stdout.write(`${line}\n`);
  const words = problems.length === 0 ? 'nothing is wrong' : `${problems.length} problems`;
  process.stderr.write(
    `${checked.files} tables and indexes read, ${checked.rules} rules asked of the rows: ${words}\n`,
  );
  return problems.length === 0 ? 0 : 1;
}

main().then(
  (code) => process.exit(code),
  (error: unknown) => {
    process.stderr.write(`${explainFailure(error, 'The database was not checked')}\n`);
    process.exit(2);
  },
);
