import {
  deadLetterReason,
  FenceLost,
  isVaultError,
  tasks as catalog,
  tasksOf,
  type ClaimedTask,
  type Later,
  type TaskName,
  type Tx,
} from '@vaultstream/contracts';
import type { Logger } from '@vaultstream/runtime';
import { PostgresTaskStore, type Database } from '@vaultstream/store';
import type { Handlers, TaskContext, TaskHandler } from '@vaultstream/tasks';

type DeliveryTask = 'delivery.plan' | 'delivery.send';

/** How one run ended. */
export interface Run {
  name: string;
  outcome: 'done' | 'deferred' | 'retried' | 'dead' | 'fenced' | 'crashed';
  /** Milliseconds until it runs again. */
  delayMs?: number;
  error?: Error;
}

/** Runs the tasks of the log one after the other, with real claims, fences and ends; time passes when a spec says so. */
export class TaskDriver {
  readonly store: PostgresTaskStore;
  /** What others do right after the first transaction of the next run. */
  afterStep: (() => Promise<void>) | null = null;

  constructor(
    private readonly db: Database,
    private readonly handlers: Handlers<DeliveryTask>,
    private readonly logger: Logger,
  ) {
    this.store = new PostgresTaskStore(db);
  }

  /** Runs what is due, and what that appends, until nothing is due. */
  async run(): Promise<Run[]> {
    const runs: Run[] = [];
    for (;;) {
      const pass = await this.pass();
      if (pass === null) return runs;
      runs.push(...pass);
    }
  }

  /** Runs what is due now. Null when nothing is. */
  async pass(): Promise<Run[] | null> {
    const due = await this.store.takeReady({ plan: 10_000, push: 10_000 }, 'test');
    const runs: Run[] = [];
    for (const task of due.flatMap(tasksOf)) {
      const claimed = await this.store.claim(task, 'test', 60_000);
      if (claimed) runs.push(await this.runOne(claimed));
    }
    return due.length === 0 ? null : runs;
  }

  /** All waits are over. */
  async skipWaits(): Promise<void> {
    await this.db.client.$executeRaw`UPDATE tasks SET run_at = now()`;
    await this.db.client.$executeRaw`UPDATE deliveries SET not_before = now() WHERE not_before IS NOT NULL`;
    await this.db.client.$executeRaw`UPDATE limiter_cells SET tat = now() - interval '1 day'`;
  }

  /** As `run`, after all waits. */
  async runLater(): Promise<Run[]> {
    await this.skipWaits();
    return this.run();
  }

  /** Claims the only due task, without running it. */
  async claimOne(): Promise<ClaimedTask> {
    const [wakeUp] = await this.store.takeReady({ plan: 1, push: 1 }, 'test');
    const claimed = wakeUp && (await this.store.claim(wakeUp, 'test', 60_000));
    if (!claimed) throw new Error('no task is due');
    return claimed;
  }

  /** One run. From when `signal` fires it writes nothing any more, as if its process had been killed; its lease then runs out. */
  async runOne(claimed: ClaimedTask, signal = new AbortController().signal): Promise<Run> {
    const name = claimed.name as DeliveryTask;
    const handler = this.handlers[name] as TaskHandler<TaskName>;
    const { context, isDone } = this.contextOf(claimed, signal);
    try {
      await handler.run(claimed.payload as never, context);
      if (!isDone()) await context.commit(async () => undefined);
      return { name, outcome: 'done' };
    } catch (error) {
      if (signal.aborted) {
        await this.db.client.$executeRaw`UPDATE tasks SET lease_until = now() - interval '1 s' WHERE state = 'running'`;
        await this.store.expireLeases();
        return { name, outcome: 'crashed' };
      }
      return { name, error: error as Error, ...(await this.end(claimed, handler, error)) };
    }
  }

  private contextOf(claimed: ClaimedTask, signal: AbortSignal): { context: TaskContext; isDone: () => boolean } {
    let done = false;
    const transact = async <T>(work: (tx: Tx) => Promise<T>) => {
      signal.throwIfAborted();
      const result = await this.db.transact(async (tx) => {
        await this.store.assertHeld(tx, claimed.lease);
        return work(tx);
      });
      const meanwhile = this.afterStep;
      this.afterStep = null;
      await meanwhile?.();
      return result;
    };
    const commit = async <T>(work: (tx: Tx) => Promise<T>) => {
      signal.throwIfAborted();
      const result = await this.db.transact(async (tx) => {
        await this.store.finish(tx, claimed.lease);
        return work(tx);
      });
      done = true;
      return result;
    };
    const { taskId } = claimed.lease;
    const attempt = claimed.failures + 1;
    const defer = async (later: Later, work: (tx: Tx) => Promise<void>) => {
      await this.store.defer(claimed.lease, later.retryAfterMs ?? 1_000, work);
      done = true;
    };
    const hold = () => () => undefined;
    const context = { taskId, attempt, maxAttempts: 8, signal, logger: this.logger, hold, transact, commit, defer };
    return { context, isDone: () => done };
  }

  private async end(claimed: ClaimedTask, handler: TaskHandler<TaskName>, error: unknown) {
    const { lease } = claimed;
    const known = isVaultError(error) ? error : undefined;
    const { name: type, message } = error as Error;
    if (error instanceof FenceLost) return { outcome: 'fenced' as const };
    if (known?.disposition === 'later' || known?.disposition === 'infrastructure') {
      await this.store.defer(lease, known.retryAfterMs ?? 1_000);
      return { outcome: 'deferred' as const, delayMs: known.retryAfterMs ?? 1_000 };
    }
    const policy = catalog[claimed.name as DeliveryTask].retryDelaysMs[claimed.failures];
    if (known?.disposition !== 'fail' && policy !== undefined) {
      const delayMs = Math.max(policy, known?.retryAfterMs ?? 0);
      await this.store.retry(lease, { type, message }, delayMs);
      return { outcome: 'retried' as const, delayMs };
    }
    const failure = { errorType: type, message, stack: null, attempts: [] };
    const burial = { ...failure, reason: deadLetterReason(error), fingerprint: 'test' };
    await this.store.bury(lease, burial, async (tx) => handler.onDead?.(claimed.payload as never, failure, tx));
    return { outcome: 'dead' as const };
  }
}
