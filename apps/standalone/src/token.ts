import { createLogger, Env, explainFailure } from '@vaultstream/runtime';
import { Database, Tokens } from '@vaultstream/store';
import { openDatabase } from './open-database.ts';

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

main().then(
  () => process.exit(0),
  (error: unknown) => {
    process.stderr.write(`${explainFailure(error, 'No token was made')}\n`);
    process.exit(1);
  },
);
