import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { InfrastructureError } from '@vaultstream/contracts';
import { createLogger, Env, explainFailure, type Logger } from '@vaultstream/runtime';
import { Database, deployMigrations, Tokens } from '@vaultstream/store';
import { EmbeddedPostgres, runningDatabase } from '@vaultstream/store/embedded';
import { migrateBroker } from '@vaultstream/tasks';

/** `npm run token`: a new admin token for this installation, whether it runs or not. The token alone goes to stdout. */
async function main(): Promise<void> {
  const env = Env.load();
  const logger = createLogger('token', { level: 'error', format: env.log.format, stream: process.stderr });
  const { url, stop } = await openDatabase(env, logger);
  try {
    const db = new Database({ url });
    try {
      const token = await new Tokens(db).createAdmin('npm run token');
      process.stderr.write(
        'A new admin token, shown this once (those of before are valid still: GET /api/v1/tokens):\n',
      );
      process.stdout.write(`${token}\n`);
    } finally {
      await db.close();
    }
  } finally {
    await stop();
  }
}

/** The database that the environment names, or that of the running instance, or the embedded one, started for the moment. */
async function openDatabase(env: Env, logger: Logger): Promise<{ url: string; stop(): Promise<void> }> {
  const { dataDir } = env;
  const there = env.databaseUrl ?? (await runningDatabase(dataDir));
  if (there !== null) return { url: there, stop: async () => undefined };
  if (!existsSync(join(dataDir, 'postgres-password')))
    throw new InfrastructureError(`There is no installation in ${dataDir}: npm start makes one, and prints its token.`);
  const postgres = await EmbeddedPostgres.start({ dataDir, logger });
  const stop = () => postgres.stop();
  try {
    await deployMigrations(postgres.url, logger, [migrateBroker]);
    return { url: postgres.url, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

main().then(
  () => process.exit(0),
  (error: unknown) => {
    process.stderr.write(`${explainFailure(error, 'No token was made')}\n`);
    process.exit(1);
  },
);
