import {
  isVaultError,
  type ClaimedTask,
  type DeadLetterReason,
  type FailedTry,
  type TaskStore,
  type Tx,
} from '@vaultstream/contracts';
import type { Logger } from '@vaultstream/runtime';
import type { TaskFailure } from '../handler.ts';
import { endFailed } from './errors.ts';
import { fingerprint } from './fingerprint.ts';
import type { RunReport } from './task-telemetry.ts';
import { describeError, verdictOn } from './verdict.ts';

/** What a handler writes at the end of its task. */
export type OnDead = (failure: TaskFailure, tx: Tx) => Promise<void>;

/** The error that ended a task, as it is stored. */
export interface LastError {
  type: string;
  message: string;
  stack: string | null;
}

/**
 * Milliseconds until a task whose handler could not write its end runs again: long enough for an operator or a deploy to mend it. After
 * the last of them the task ends without the handler, whose rows then stay as they are.
 */
const endDelaysMs = [5_000, 60_000, 600_000] as const;

/**
 * Ends a task in the dead-letter list, together with what its handler says to that. What is away or in the way (the database,
 * a deadlock) only puts the end off; a bug in `onDead` is tried again three times before the task ends without it.
 * @throws FenceLost, InfrastructureError
 */
export async function buryTask(
  { store, logger }: { store: TaskStore; logger: Logger },
  claimed: ClaimedTask,
  reason: DeadLetterReason,
  error: LastError,
  onDead: OnDead | undefined,
): Promise<RunReport> {
  const { type, message, stack } = error;
  const earlier = claimed.errors.map((failed) => ({ at: failed.at, type: failed.type, message: failed.message }));
  const attempts: FailedTry[] = [...earlier, { at: new Date().toISOString(), type, message }];
  const failure: TaskFailure = { errorType: type, message, stack, attempts };
  const burial = { reason, ...failure, fingerprint: fingerprint(claimed.name, type, message) };
  try {
    await store.bury(claimed.lease, burial, onDead && ((tx) => onDead(failure, tx)));
  } catch (err) {
    const failedEnds = claimed.errors.filter((earlier) => earlier.type === endFailed).length;
    const verdict = isVaultError(err)
      ? verdictOn(err, failedEnds, { retryDelaysMs: endDelaysMs, longestAskMs: 0 })
      : undefined;
    if (verdict?.kind === 'fenced') throw err;
    if (verdict?.kind === 'defer') {
      await store.defer(claimed.lease, verdict.delayMs);
      return { outcome: 'deferred', error: describeError(err), delayMs: verdict.delayMs };
    }
    logger.error({ name: 'task.on_dead', err }, 'the end of a task could not be told to its handler');
    const delayMs = endDelaysMs[failedEnds];
    if (delayMs !== undefined) {
      const told = `${type}: ${message} (its end could not be written: ${describeError(err).message})`;
      await store.retry(claimed.lease, { type: endFailed, message: told }, delayMs);
      return { outcome: 'retried', error, delayMs };
    }
    await store.bury(claimed.lease, burial);
  }
  return { outcome: 'dead', error };
}
