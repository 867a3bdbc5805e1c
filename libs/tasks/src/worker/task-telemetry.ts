import { SpanKind, SpanStatusCode, context, trace, type Span } from '@opentelemetry/api';
import { taskNames, tasks, type ClaimedTask, type QueueName } from '@vaultstream/contracts';
import { contextOf, followSpan, linksTo, tracer, type Logger, type Metrics } from '@vaultstream/runtime';

/** How a run ended. `unsaved`: the database was away when the end was to be written; the lease will run out. */
export type Outcome = 'done' | 'retried' | 'dead' | 'deferred' | 'fenced' | 'unsaved';

/** What a run tells about its end. */
export interface RunReport {
  outcome: Outcome;
  error?: { type: string; message: string } | undefined;
  /** Milliseconds until it runs again. */
  delayMs?: number | undefined;
}

const levels = {
  done: 'info',
  retried: 'warn',
  deferred: 'info',
  fenced: 'warn',
  dead: 'error',
  unsaved: 'error',
} as const;

/** Makes the metrics of every task of some queues exist before its first run. */
export function zeroTaskMetrics(metrics: Metrics, queues: readonly QueueName[]): void {
  const outcomes = Object.keys(levels);
  metrics.zero('vaultstream_task_wait_seconds', { queue: queues });
  for (const name of taskNames) {
    const { queue } = tasks[name];
    if (!queues.includes(queue)) continue;
    metrics.zero('vaultstream_tasks_total', { queue: [queue], task: [name], outcome: outcomes });
    metrics.zero('vaultstream_task_duration_seconds', { queue: [queue], task: [name] });
  }
}

/** Wraps each run once: a span, three metrics and one wide log line. */
export class TaskTelemetry {
  constructor(
    private readonly logger: Logger,
    private readonly metrics: Metrics,
  ) {}

  /**
   * Runs `work` in a span that continues the trace of the task's origin, and reports. A try after a failed one is linked to it. Nothing of
   * the payload is told.
   */
  async around(task: ClaimedTask, work: () => Promise<RunReport>): Promise<RunReport> {
    const startedAt = performance.now();
    const parent = contextOf(task.trace.traceparent);
    const span = tracer.startSpan(
      `task ${task.name}`,
      {
        kind: SpanKind.CONSUMER,
        attributes: {
          'vaultstream.task.name': task.name,
          'vaultstream.task.queue': task.queue,
          'vaultstream.task.id': task.lease.taskId,
          'vaultstream.task.attempt': task.failures + 1,
          'vaultstream.task.starts': task.starts,
          'vaultstream.task.wait_ms': task.waitMs,
          ...(task.contentId !== null && { 'vaultstream.content_id': task.contentId }),
          ...(task.targetId !== null && { 'vaultstream.target_id': task.targetId }),
        },
        links: linksTo(task.errors.at(-1)?.traceparent, { 'vaultstream.link': 'earlier_run' }),
      },
      parent,
    );
    followSpan(span);
    return context.with(trace.setSpan(parent, span), async () => {
      const report = await work();
      endSpan(span, report);
      this.report(task, report, performance.now() - startedAt);
      return report;
    });
  }

  private report(task: ClaimedTask, { outcome, error, delayMs }: RunReport, durationMs: number): void {
    const { queue, name } = task;
    this.metrics.counter('vaultstream_tasks_total').inc({ queue, task: name, outcome });
    this.metrics.histogram('vaultstream_task_duration_seconds').observe({ queue, task: name }, durationMs / 1_000);
    this.metrics.histogram('vaultstream_task_wait_seconds').observe({ queue }, task.waitMs / 1_000);
    this.logger[levels[outcome]](
      {
        name: 'task.run',
        task: name,
        queue,
        outcome,
        attempt: task.failures + 1,
        duration_ms: Math.round(durationMs),
        wait_ms: task.waitMs,
        ...(error && { error_type: error.type, error: error.message }),
        ...(delayMs !== undefined && { retry_in_ms: Math.round(delayMs) }),
      },
      `${name}: ${outcome}`,
    );
  }
}

function endSpan(span: Span, { outcome, error }: RunReport): void {
  span.setAttribute('vaultstream.task.outcome', outcome);
  if (error) span.setAttribute('error.type', error.type);
  if (outcome !== 'done' && outcome !== 'deferred')
    span.setStatus({
      code: SpanStatusCode.ERROR,
      message: error === undefined ? outcome : `${error.type}: ${error.message}`,
    });
  span.end();
}
