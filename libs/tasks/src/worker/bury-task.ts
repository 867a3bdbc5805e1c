import { isVaultError, type ClaimedTask, type DeadLetterReason, type TaskStore, type Tx } from '@vaultstream/contracts';
import type { Logger } from '@vaultstream/runtime';
import type { TaskFailure } from '../handler.ts';
import { fingerprint } from './fingerprint.ts';

/** What a handler writes at the end of its task. */
export type OnDead = (failure: TaskFailure, tx: Tx) => Promise<void>;

/** The error that ended a task, as it is stored. */
export interface LastError {
  type: string;
  message: string;
  stack: string | null;
}

/** Ends a task in the dead-letter list, together with what its handler says to that. @throws FenceLost, InfrastructureError */
export async function buryTask(
  { store, logger }: { store: TaskStore; logger: Logger },
  claimed: ClaimedTask,
  reason: DeadLetterReason,
  { type, message, stack }: LastError,
  onDead: OnDead | undefined,
): Promise<void> {
  const attempts = [...claimed.errors, { at: new Date().toISOString(), type, message }];
  const failure: TaskFailure = { errorType: type, message, stack, attempts };
  const burial = { reason, ...failure, fingerprint: fingerprint(claimed.name, type, message) };
  try {
    await store.bury(claimed.lease, burial, onDead && ((tx) => onDead(failure, tx)));
  } catch (err) {
    if (isVaultError(err) && (err.name === 'FenceLost' || err.disposition === 'infrastructure')) throw err;
    // A bug in `onDead` must not keep a dead task running for ever.
    logger.error({ name: 'task.on_dead', err }, 'the end of a task could not be told to its handler');
    await store.bury(claimed.lease, burial);
  }
}
