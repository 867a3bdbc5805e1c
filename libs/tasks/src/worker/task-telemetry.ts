import { ROOT_CONTEXT, SpanKind, SpanStatusCode, TraceFlags, context, trace } from '@opentelemetry/api';
import { taskNames, tasks, type ClaimedTask, type QueueName } from '@vaultstream/contracts';
import { currentContext, type Logger, type Metrics } from '@vaultstream/runtime';

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
  private readonly tracer = trace.getTracer('vaultstream.tasks');

  constructor(
    private readonly logger: Logger,
    private readonly metrics: Metrics,
  ) {}

  /** Runs `work` in a span that continues the trace of the task's origin, and reports. Nothing of the payload is told. */
  async around(task: ClaimedTask, work: () => Promise<RunReport>): Promise<RunReport> {
    const startedAt = performance.now();
    const origin = currentContext();
    const parent =
      origin === undefined
        ? ROOT_CONTEXT
        : trace.setSpanContext(ROOT_CONTEXT, {
            traceId: origin.traceId,
            spanId: origin.spanId,
            traceFlags: TraceFlags.SAMPLED,
            isRemote: true,
          });
    const attributes = { 'task.name': task.name, 'task.queue': task.queue, 'task.id': task.lease.taskId };
    const span = this.tracer.startSpan(`task ${task.name}`, { kind: SpanKind.CONSUMER, attributes }, parent);
    const report = await context.with(trace.setSpan(parent, span), work);
    if (report.outcome !== 'done' && report.outcome !== 'deferred')
      span.setStatus({ code: SpanStatusCode.ERROR, message: report.error?.type ?? report.outcome });
    span.setAttribute('task.outcome', report.outcome);
    span.end();
    this.report(task, report, performance.now() - startedAt);
    return report;
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
