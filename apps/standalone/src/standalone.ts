import { createLogger, Env, explainFailure, watchEarlySignals } from '@vaultstream/runtime';
import { DataDirLock } from '@vaultstream/store/embedded';
import { startEmbeddedParts } from './embedded-parts.ts';

/** `npm start`: VaultStream in one process, with its own Postgres where DATABASE_URL names none. */
async function main(): Promise<void> {
  const given = Env.load();
  const logger = createLogger('standalone', given.log);
  const early = watchEarlySignals(given.parentPid);
  try {
    // Before anything is loaded: a data directory that is in use or cannot be written is said at once.
    const lock = await DataDirLock.acquire(given.dataDir);
    // The database takes half a second to come up: the code is loaded meanwhile.
    const [parts, { runApp }] = await Promise.all([
      startEmbeddedParts(given, lock, logger, () => process.exit(1)),
      import('./run-app.ts'),
    ]);
    try {
      await runApp(parts, logger, early);
    } catch (error) {
      await parts.stop();
      throw error;
    }
  } catch (error) {
    // A Ctrl-C has ended initdb or Postgres half-way: that is what was asked for.
    if (early.signal.aborted) process.exit(0);
    throw error;
  }
}

main().catch((error: unknown) => {
  process.stderr.write(`${explainFailure(error)}\n`);
  process.exit(1);
});
