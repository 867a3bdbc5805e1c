import type { Logger } from '../logger.ts';
import type { Metrics } from '../metrics/metrics.ts';
import type { Shutdown } from '../shutdown/shutdown.ts';

/** Milliseconds: a receiver that is away is told of this often at most, and an end waits for the last spans no longer than this. */
const noteEveryMs = 60_000;
const flushMs = 2_000;

/**
 * Stands between the SDK, which is there before anything else and perhaps not at all, and the app, which counts and logs. Knows nothing of
 * the SDK, so that it costs nothing where no traces are exported.
 */
export class TraceExports {
  #startFailure: unknown;
  #flush: (() => Promise<void>) | undefined;
  /** Failures that nobody has counted yet: there was no app. */
  #uncounted = 0;
  #untold = 0;
  #toldAt = -Infinity;
  #lastError: unknown;
  #app: { metrics: Metrics; logger: Logger } | undefined;

  /** The SDK could not be loaded. */
  failedToStart(error: unknown): void {
    this.#startFailure = error;
  }

  /** The SDK runs. @param flush Sends what waits, and ends. */
  started(flush: () => Promise<void>): void {
    this.#flush = flush;
  }

  /** A batch of spans was refused or could not be sent: it is lost. */
  failed(error: unknown): void {
    this.#uncounted++;
    this.#untold++;
    this.#lastError = error;
    this.#report();
  }

  /** The app is there: it counts failures, tells them once a minute, and has the last spans sent when it ends. */
  report(metrics: Metrics, logger: Logger, shutdown: Shutdown): void {
    this.#app = { metrics, logger };
    if (this.#startFailure !== undefined)
      logger.error({ name: 'trace.export', err: this.#startFailure }, 'traces cannot be exported');
    this.#report();
    // In the last phase: what the others did is in their traces too.
    if (this.#flush) shutdown.register('children', 'traces', () => this.flush());
  }

  /** Sends what waits. Never rejects, and takes no longer than 2 s: a receiver that is away is no reason to end badly. */
  async flush(): Promise<void> {
    const { promise: late, resolve } = Promise.withResolvers<void>();
    const timer = setTimeout(resolve, flushMs);
    await Promise.race([this.#flush?.().catch((error: unknown) => this.failed(error)), late]);
    clearTimeout(timer);
  }

  #report(): void {
    if (!this.#app) return;
    const { metrics, logger } = this.#app;
    // Also at 0: an alarm on its rate needs a first value.
    metrics.counter('vaultstream_trace_export_failures_total').inc(this.#uncounted);
    this.#uncounted = 0;
    if (this.#untold === 0 || performance.now() - this.#toldAt < noteEveryMs) return;
    logger.warn({ name: 'trace.export', failures: this.#untold, err: this.#lastError }, 'traces could not be exported');
    this.#untold = 0;
    this.#toldAt = performance.now();
  }
}

/** That of this process. */
export const traceExports = new TraceExports();
