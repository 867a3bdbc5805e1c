import { writeFile } from 'node:fs/promises';
import {
  createLogger,
  Env,
  explainFailure,
  GuardedHttp,
  sameWishMs,
  watchParent,
  type Logger,
} from '@vaultstream/runtime';
import { createProgress, importOld, isComplete, openOld, toLines, type ImportReport } from '@vaultstream/transfer';
import { importUsage, readImportArguments, type ImportArguments } from './import-options.ts';
import { openImportTarget } from './import-target.ts';

/** `npm run import`: brings an old installation's data into this one. Exit code 1 when something is left for a person. */
async function main(): Promise<number> {
  const options = readImportArguments(process.argv.slice(2));
  if (!options) {
    process.stdout.write(`${importUsage}\n`);
    return 0;
  }
  const env = Env.load();
  const logger = createLogger('import', { level: 'warn', format: env.log.format, stream: process.stderr });
  const report = await run(options, env, logger);
  process.stdout.write(`${toLines(report).join('\n')}\n`);
  if (options.report !== undefined) await writeFile(options.report, `${JSON.stringify(report, null, 2)}\n`);
  return isComplete(report) ? 0 : 1;
}

async function run({ from, media, dryRun }: ImportArguments, env: Env, logger: Logger): Promise<ImportReport> {
  const interrupt = new AbortController();
  let askedAt = -Infinity;
  const onSignal = () => {
    // The second one ends it at once, unless it is npm's copy of a Ctrl-C; the next run goes on where this one was.
    if (interrupt.signal.aborted && performance.now() - askedAt > sameWishMs) process.exit(130);
    if (!interrupt.signal.aborted) askedAt = performance.now();
    interrupt.abort();
  };
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, onSignal);
  watchParent(env.parentPid, () => interrupt.abort());
  const old = await openOld(from, media);
  const policy = new GuardedHttp(env.fetch);
  try {
    const { target, close } = await openImportTarget(env, logger, dryRun);
    try {
      return await importOld(old, {
        target,
        dryRun,
        archive: env.archive,
        mayFetch: (url) => allowed(policy, url),
        progress: createProgress(process.stderr),
        signal: interrupt.signal,
      });
    } finally {
      await close();
    }
  } finally {
    await old.database.close();
    await policy.close();
  }
}

function allowed(policy: GuardedHttp, url: string): boolean {
  try {
    policy.assertAllowedUrl(url);
    return true;
  } catch {
    return false;
  }
}

main().then(
  (code) => process.exit(code),
  (error: unknown) => {
    process.stderr.write(`${explainFailure(error, 'The import failed')}\n`);
    process.exit(1);
  },
);
