import { createLogger, Env, explainFailure } from '@vaultstream/runtime';
import { startEmbeddedParts } from './embedded-parts.ts';

/** `npm start`: VaultStream in one process, with its own Postgres where DATABASE_URL names none. */
async function main(): Promise<void> {
  const given = Env.load();
  const logger = createLogger('standalone', given.log);
  // The database takes half a second to come up: the code is loaded meanwhile.
  const [parts, { runApp }] = await Promise.all([
    startEmbeddedParts(given, logger, () => process.exit(1)),
    import('./run-app.ts'),
  ]);
  try {
    await runApp(parts, logger);
  } catch (error) {
    await parts.stop();
    throw error;
  }
}

main().catch((error: unknown) => {
  process.stderr.write(`${explainFailure(error)}\n`);
  process.exit(1);
});
