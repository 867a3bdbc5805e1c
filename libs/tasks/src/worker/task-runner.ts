import {
  isVaultError,
  maxAttempts,
  poisonLimit,
  taskNames,
  tasks as catalog,
  type ClaimedTask,
  type DeadLetterReason,
  type Generation,
  type QueueName,
  type TaskName,
  type TaskStore,
  type UnitOfWork,
} from '@vaultstream/contracts';
import {
  activeSpanContext,
  crashPoint,
  newContext,
  runInContext,
  spanTraceparent,
  type Logger,
} from '@vaultstream/runtime';
import type { Handlers } from '../handler.ts';
import { buryTask, type LastError, type OnDead } from './bury-task.ts';
import { Stopping, TaskTimeout } from './errors.ts';
import { keepLease } from './lease-keeper.ts';
import { RunClock } from './run-clock.ts';
import { RunContext } from './run-context.ts';
import type { RunReport, TaskTelemetry } from './task-telemetry.ts';
import { deferMs, describeError, verdictOn } from './verdict.ts';

/** Milliseconds until a task that only a newer release knows is offered again. */
const unknownTaskDelayMs = 60_000;

/** Milliseconds, in place of the catalog's: for tests. */
export interface RunLimits {
  leaseMs?: number;
  timeoutMs?: number;
}

export interface RunnerOptions {
  store: TaskStore;
  unitOfWork: UnitOfWork;
  handlers: Partial<Handlers<TaskName>>;
  telemetry: TaskTelemetry;
  logger: Logger;
  /** Written into the rows that this process holds. */
  worker: string;
  limits?: RunLimits;
  /** Fires when runs must give their leases back. */
  stop: AbortSignal;
}

/** Claims tasks, runs the handler of each once, and writes how that ended. */
export class TaskRunner {
  constructor(private readonly options: RunnerOptions) {}

  /** Milliseconds that a claim of this queue holds. */
  leaseMs(queue: QueueName): number {
    return this.options.limits?.leaseMs ?? longestLease(queue);
  }

  /**
   * Begins the runs of one wake-up: of those tasks that are still to be done under these generations.
   * @throws InfrastructureError when they could not be claimed.
   */
  async claim(queue: QueueName, tasks: readonly Generation[]): Promise<ClaimedTask[]> {
    const claimed = await this.options.store.claimAll(tasks, this.options.worker, this.leaseMs(queue));
    if (claimed.length > 0) crashPoint('after-claim');
    return claimed;
  }

  /** Runs one and writes its end. Never throws. */
  async run(claimed: ClaimedTask): Promise<void> {
    const context = newContext(claimed.trace.request_id, claimed.trace.traceparent);
    context.taskId = claimed.lease.taskId;
    if (claimed.contentId !== null) context.contentId = claimed.contentId;
    if (claimed.targetId !== null) context.targetId = claimed.targetId;
    await runInContext(context, () => this.options.telemetry.around(claimed, () => this.end(claimed)));
  }

  /** Gives claimed tasks back whose run has not begun: they are handed over anew at once. What cannot be given back is left to its lease. */
  async handBack(tasks: readonly ClaimedTask[]): Promise<void> {
    if (tasks.length === 0) return;
    try {
      await this.options.store.handBack(tasks.map(({ lease }) => lease));
    } catch (err) {
      this.options.logger.error({ name: 'task.unsaved', tasks: tasks.length, err }, 'tasks could not be handed back');
    }
  }

  /** Runs, and turns whatever cannot be written into a report: the lease then decides. */
  private async end(claimed: ClaimedTask): Promise<RunReport> {
    try {
      return await this.attempt(claimed);
    } catch (error) {
      if (isVaultError(error) && error.name === 'FenceLost') return { outcome: 'fenced' };
      this.options.logger.error({ name: 'task.unsaved', err: error }, 'the end of a run could not be written');
      return { outcome: 'unsaved', error: describeError(error) };
    }
  }

  private async attempt(claimed: ClaimedTask): Promise<RunReport> {
    const name = taskNames.find((known) => known === claimed.name);
    const handler = name === undefined ? undefined : this.options.handlers[name];
    if (name === undefined || handler === undefined) {
      await this.options.store.defer(claimed.lease, unknownTaskDelayMs);
      const error = { type: 'UnknownTask', message: 'a newer release knows this task' };
      return { outcome: 'deferred', error, delayMs: unknownTaskDelayMs };
    }
    const parsed = catalog[name].payload.safeParse(claimed.payload);
    if (!parsed.success)
      return this.bury(claimed, undefined, 'non_retryable', {
        type: 'BadPayload',
        message: `the stored payload does not fit the catalog: ${parsed.error.issues.map((issue) => issue.path.join('.')).join(', ')}`,
        stack: null,
      });
    // Schema and handler were looked up under one name, which the compiler cannot follow.
    const payload = parsed.data as never;
    const onDead: OnDead = async (failure, tx) => handler.onDead?.(payload, failure, tx);
    if (claimed.starts - claimed.failures > poisonLimit)
      return this.bury(claimed, onDead, 'max_attempts_reached', {
        type: 'PoisonPill',
        message: `${poisonLimit} runs of this task ended with their process or their lease`,
        stack: null,
      });
    const ended = await this.runHandler(name, claimed, (context) => handler.run(payload, context));
    if (ended.ok) return ended.report;
    return this.dealWith(name, claimed, ended.error, onDead);
  }

  /** Ends as the handler ends, or at the time-out, or with the lease, or when the process must stop: whichever is first. */
  private async runHandler(
    name: TaskName,
    claimed: ClaimedTask,
    run: (context: RunContext) => Promise<void>,
  ): Promise<{ ok: true; report: RunReport } | { ok: false; error: unknown }> {
    const { store, unitOfWork, stop } = this.options;
    const { timeoutMs, leaseMs } = { ...catalog[name], ...this.options.limits };
    const abort = new AbortController();
    const logger = this.options.logger.child({ task: name });
    const policy = { maxAttempts: maxAttempts(name), redoable: catalog[name].redoable };
    const clock = new RunClock(timeoutMs, () => abort.abort(new TaskTimeout(`not done after ${timeoutMs} ms`)));
    const context = new RunContext(store, unitOfWork, claimed, policy, abort.signal, logger, () => clock.hold());
    const cutOff = new Promise<never>((_, reject) =>
      abort.signal.addEventListener('abort', () => reject(abort.signal.reason as Error), { once: true }),
    );
    const onStop = () => abort.abort(new Stopping('the process stops', { retryAfterMs: 0 }));
    stop.addEventListener('abort', onStop, { once: true });
    if (stop.aborted) onStop();
    const keeper = keepLease(store, claimed.lease, leaseMs, (lost) => {
      if (!context.committed) abort.abort(lost);
    });
    try {
      await Promise.race([
        cutOff,
        run(context).then(async () => {
          if (!context.committed) await context.end();
        }),
      ]);
      return { ok: true, report: reportOn(context) };
    } catch (error) {
      await context.settled();
      if (!context.committed) return { ok: false, error: abort.signal.aborted ? abort.signal.reason : error };
      logger.error({ name: 'task.late_error', err: error }, 'a handler failed after its commit');
      return { ok: true, report: reportOn(context) };
    } finally {
      clock.stop();
      keeper.release();
      stop.removeEventListener('abort', onStop);
    }
  }

  private async dealWith(name: TaskName, claimed: ClaimedTask, error: unknown, onDead: OnDead): Promise<RunReport> {
    const { store } = this.options;
    const described = describeError(error);
    const verdict = verdictOn(error, claimed.failures, catalog[name]);
    switch (verdict.kind) {
      case 'fenced':
        throw error;
      case 'defer':
        await store.defer(claimed.lease, verdict.delayMs);
        return { outcome: 'deferred', error: described, delayMs: verdict.delayMs };
      case 'retry':
        await store.retry(
          claimed.lease,
          { type: described.type, message: described.message, traceparent: currentSpan() },
          verdict.delayMs,
        );
        return { outcome: 'retried', error: described, delayMs: verdict.delayMs };
      case 'bury':
        return this.bury(claimed, onDead, verdict.reason, described);
    }
  }

  private bury(
    claimed: ClaimedTask,
    onDead: OnDead | undefined,
    reason: DeadLetterReason,
    error: LastError,
  ): Promise<RunReport> {
    return buryTask(this.options, claimed, reason, error, onDead);
  }
}

/** How a run ended that has written its end by itself. */
function reportOn({ deferred }: RunContext): RunReport {
  if (deferred === undefined) return { outcome: 'done' };
  return { outcome: 'deferred', error: describeError(deferred), delayMs: deferMs(deferred) };
}

/** The run under way as a `traceparent`; undefined where no SDK is set up. */
function currentSpan(): string | undefined {
  return spanTraceparent(activeSpanContext()) ?? undefined;
}

function longestLease(queue: QueueName): number {
  return Math.max(...taskNames.filter((name) => catalog[name].queue === queue).map((name) => catalog[name].leaseMs));
}
