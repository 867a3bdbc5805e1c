import { InfrastructureError, type Chunk, type QueueName } from '@vaultstream/contracts';
import { withDeadline, type Logger } from '@vaultstream/runtime';
import type { Consumer } from './broker.ts';
import { Throttled } from './throttled.ts';

/** One BullMQ worker, and the ways to end it. */
export interface JobWorker {
  waitUntilReady(): Promise<unknown>;
  /** Fetches until closed. */
  run(): Promise<void>;
  /** Resolves when what it fetched is done; may wait for ever for a store that is away. */
  close(): Promise<void>;
  /** Drops its connections, whatever is under way. */
  abandon(): void;
  on(event: 'error', listener: (error: Error) => void): unknown;
}

export interface WatchedConsumerOptions {
  queue: QueueName;
  concurrency: number;
  work: (chunk: Chunk) => Promise<void>;
  /** Makes a worker that calls `beat` whenever its store has answered a fetch. */
  make: (work: (chunk: Chunk) => Promise<void>, beat: () => void) => JobWorker;
  /** Rejects while the broker answers nobody. */
  probe: () => Promise<unknown>;
  logger: Logger;
  /** Milliseconds between two looks (5,000), and of silence after which the worker is made anew (20,000). */
  lookMs?: number;
  rebuildMs?: number;
}

/** Milliseconds that a new worker may take to connect, and that an idle one may take to close. */
const connectMs = 10_000;
const closeMs = 2_000;

/** A worker that is replaced when it is connected but has stopped fetching: half-open connections, lost blocking reads. */
export class WatchedConsumer implements Consumer {
  readonly queue: QueueName;
  private readonly running = new Set<Promise<void>>();
  private readonly throttled = new Throttled();
  private worker: JobWorker;
  private timer: NodeJS.Timeout | undefined;
  private heardAt = performance.now();
  private builtAt = performance.now();
  private closed = false;

  constructor(private readonly options: WatchedConsumerOptions) {
    this.queue = options.queue;
    this.worker = this.build();
  }

  get silentMs(): number {
    return this.running.size >= this.options.concurrency ? 0 : performance.now() - this.heardAt;
  }

  /** @throws InfrastructureError when it cannot connect; it is closed then. */
  async start(): Promise<void> {
    try {
      await withDeadline(() => this.worker.waitUntilReady(), connectMs);
    } catch (cause) {
      this.worker.abandon();
      throw new InfrastructureError('The broker is away.', { cause });
    }
    this.run(this.worker);
    this.timer = setInterval(() => void this.look(), this.options.lookMs ?? 5_000);
  }

  async close(): Promise<void> {
    this.closed = true;
    clearInterval(this.timer);
    const { worker } = this;
    const closing = worker.close().catch((err: unknown) => this.report(err));
    await this.idle();
    // BullMQ would wait for ever for a store that is away.
    await withDeadline(() => closing, closeMs).catch(() => undefined);
    await this.idle();
    worker.abandon();
  }

  private build(): JobWorker {
    const worker = this.options.make(
      (chunk) => this.track(this.options.work(chunk)),
      () => this.beat(),
    );
    worker.on('error', (err) => this.report(err));
    return worker;
  }

  private run(worker: JobWorker): void {
    this.beat();
    void worker.run().catch((err: unknown) => this.report(err));
  }

  private beat(): void {
    this.heardAt = performance.now();
  }

  private async track(work: Promise<void>): Promise<void> {
    this.beat();
    this.running.add(work);
    try {
      await work;
    } finally {
      this.running.delete(work);
      this.beat();
    }
  }

  private async idle(): Promise<void> {
    while (this.running.size > 0) await Promise.allSettled(this.running);
  }

  private async look(): Promise<void> {
    const patienceMs = this.options.rebuildMs ?? 20_000;
    if (this.silentMs < patienceMs) return;
    try {
      await this.options.probe();
    } catch {
      // The silence of the broker, not of this worker.
      this.beat();
      return;
    }
    if (this.closed || this.silentMs < patienceMs || performance.now() - this.builtAt < patienceMs) return;
    const { queue, logger } = this.options;
    logger.error(
      { name: 'broker.silent', queue, silent_ms: Math.round(this.silentMs) },
      'a worker had stopped fetching and is made anew',
    );
    this.worker.abandon();
    this.worker = this.build();
    this.builtAt = performance.now();
    void this.worker.run().catch((err: unknown) => this.report(err));
  }

  /**
   * An outage makes BullMQ report the same error many times a second. What a worker says while it is being closed is no news: BullMQ
   * ends its connections in the background, and the embedded Postgres may be stopped before the last of them is gone.
   */
  private report(err: unknown): void {
    const { queue, logger } = this.options;
    if (this.closed) {
      logger.debug({ name: 'broker', queue, err }, 'broker error while closing');
      return;
    }
    this.throttled.run(() => logger.warn({ name: 'broker', queue, err }, 'broker error'));
  }
}
