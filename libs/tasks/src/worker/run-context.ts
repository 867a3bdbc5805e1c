import type { ClaimedTask, Later, TaskStore, Tx, UnitOfWork } from '@vaultstream/contracts';
import { crashPoint, type Logger } from '@vaultstream/runtime';
import type { TaskContext } from '../handler.ts';
import { deferMs } from './verdict.ts';

/** What the catalog says of the task. */
export interface TaskPolicy {
  maxAttempts: number;
  redoable: boolean;
}

/** What a handler holds in its hands: the lease guards each of its transactions. */
export class RunContext implements TaskContext {
  readonly taskId: string;
  readonly attempt: number;
  readonly maxAttempts: number;
  private committing: Promise<unknown> | undefined;
  private done = false;
  private later: Later | undefined;

  constructor(
    private readonly store: TaskStore,
    private readonly work: UnitOfWork,
    private readonly claimed: ClaimedTask,
    private readonly policy: TaskPolicy,
    readonly signal: AbortSignal,
    readonly logger: Logger,
    readonly hold: () => () => void,
  ) {
    this.taskId = claimed.lease.taskId;
    this.attempt = claimed.failures + 1;
    this.maxAttempts = policy.maxAttempts;
  }

  /** Whether the last transaction has committed. */
  get committed(): boolean {
    return this.done;
  }

  /** Why the run has put the task off by itself. */
  get deferred(): Later | undefined {
    return this.later;
  }

  async transact<T>(work: (tx: Tx) => Promise<T>): Promise<T> {
    this.signal.throwIfAborted();
    return this.work.transact(async (tx) => {
      const [, result] = await Promise.all([this.store.assertHeld(tx, this.claimed.lease), work(tx)]);
      return result;
    });
  }

  async commit<T>(work: (tx: Tx) => Promise<T>): Promise<T> {
    this.signal.throwIfAborted();
    this.expectOpen();
    // The row goes first: `work` may then append a successor under the same dedupe key. Nobody waits for it: the statements of `work`
    // follow it on the same connection, and are taken back with it when the fence is lost.
    return this.ending(
      this.work.transact(async (tx) => {
        const [, result] = await Promise.all([
          this.store.finish(tx, this.claimed.lease, this.policy.redoable),
          work(tx),
        ]);
        crashPoint('before-commit');
        return result;
      }),
    );
  }

  async defer(later: Later, work: (tx: Tx) => Promise<void>): Promise<void> {
    this.signal.throwIfAborted();
    this.expectOpen();
    await this.ending(this.store.defer(this.claimed.lease, deferMs(later), work));
    this.later = later;
  }

  /** The end of a run that had nothing to commit: one whose commit has failed, and was hushed up, has no good end. */
  async end(): Promise<void> {
    this.signal.throwIfAborted();
    this.expectOpen();
    await this.ending(this.store.finishAlone(this.claimed.lease, this.policy.redoable));
  }

  private expectOpen(): void {
    if (this.committing !== undefined) throw new Error('a run commits once');
  }

  private async ending<T>(commit: Promise<T>): Promise<T> {
    this.committing = commit;
    const result = await commit;
    crashPoint('after-commit-before-ack');
    this.done = true;
    return result;
  }

  /** Resolves when no commit is under way, so that a run which was cut off knows whether it is done. */
  async settled(): Promise<void> {
    await this.committing?.catch(() => undefined);
  }
}
