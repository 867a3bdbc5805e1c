import { BadPayload, InfrastructureError } from '@vaultstream/contracts';
import { ReaderChild, type ChildEnd } from './child-process.ts';
import type { ExtractedPage, ExtractReply } from './page.ts';

/** Limits of the reading of one page. */
export interface ExtractorOptions {
  /** Wall clock for one page: milliseconds. */
  timeoutMs?: number;
  /** How long an idle child stays: milliseconds. */
  idleMs?: number;
  /** Heap of the child: MB. */
  memoryMb?: number;
  /** Longest page: UTF-16 units. */
  maxInput?: number;
}

/** Reads pages where they can do no harm. */
export interface Extractor {
  /**
   * @param url the page's own address, for relative links
   * @throws BadPayload when the page is too long or took too much time or memory; the reason of `signal` when it is aborted
   * @throws InfrastructureError when no child can be started
   */
  extract(html: string, url: string, signal?: AbortSignal): Promise<ExtractedPage>;
  /** Ends the child; jobs that still wait are rejected. */
  close(): Promise<void>;
}

/** Reads pages in a child process: started at first use, one for this process, one page at a time, ended when idle, replaced when it died. */
export function createExtractor(options: ExtractorOptions = {}): Extractor {
  return new ChildExtractor({
    timeoutMs: 15_000,
    idleMs: 60_000,
    memoryMb: 512,
    maxInput: 5 * 1024 * 1024,
    ...options,
  });
}

/** How long a child may take to start: milliseconds. A loaded machine needs seconds. */
const startMs = 20_000;
/** How much longer than we wait a child goes on when nobody kills it: milliseconds. */
const orphanGraceMs = 2_000;

interface Job {
  html: string;
  url: string;
  settle(outcome: { page: ExtractedPage } | { error: unknown }): void;
}

class ChildExtractor implements Extractor {
  private readonly queue: Job[] = [];
  private running: Job | undefined;
  private child: ReaderChild | undefined;
  private ready = false;
  private closed = false;
  private lastId = 0;
  private timer: NodeJS.Timeout | undefined;
  private whenGone: (() => void) | undefined;

  constructor(private readonly options: Required<ExtractorOptions>) {}

  extract(html: string, url: string, signal?: AbortSignal): Promise<ExtractedPage> {
    return new Promise((resolve, reject) => {
      signal?.throwIfAborted();
      if (html.length > this.options.maxInput) throw new BadPayload('The page is too long to be read.');
      if (this.closed) throw new InfrastructureError('The page reader is closed.');
      const abort = () => this.abort(job, signal?.reason);
      const job: Job = {
        html,
        url,
        settle: (outcome) => {
          signal?.removeEventListener('abort', abort);
          if ('page' in outcome) resolve(outcome.page);
          else reject(outcome.error instanceof Error ? outcome.error : new Error('aborted', { cause: outcome.error }));
        },
      };
      signal?.addEventListener('abort', abort, { once: true });
      this.queue.push(job);
      this.next();
    });
  }

  async close(): Promise<void> {
    this.closed = true;
    const error = new InfrastructureError('The page reader is closed.');
    for (const job of this.queue.splice(0)) job.settle({ error });
    this.finish({ error });
    if (!this.child) return;
    const gone = new Promise<void>((resolve) => (this.whenGone = resolve));
    this.child.hold(true);
    this.child.kill();
    await gone;
  }

  /** Starts what can be started: a child, or the next job on it. */
  private next(): void {
    if (this.running || this.closed) return;
    if (this.queue.length === 0) return this.rest();
    if (!this.child) return this.start();
    if (!this.ready) return;
    clearTimeout(this.timer);
    this.child.hold(true);
    const job = this.queue.shift();
    if (!job) return;
    this.running = job;
    this.timer = setTimeout(() => this.giveUp(), this.options.timeoutMs);
    this.child.send({ id: ++this.lastId, html: job.html, url: job.url });
  }

  private start(): void {
    const { memoryMb, timeoutMs } = this.options;
    this.ready = false;
    const child: ReaderChild = new ReaderChild(memoryMb, timeoutMs + orphanGraceMs, {
      reply: (reply) => this.child === child && this.heard(reply),
      end: (end) => this.child === child && this.ended(end),
    });
    this.child = child;
    this.timer = setTimeout(() => child.kill(), startMs);
  }

  private heard(reply: ExtractReply): void {
    if (reply.kind === 'ready') {
      clearTimeout(this.timer);
      this.ready = true;
    } else if (reply.id === this.lastId)
      this.finish(
        reply.kind === 'page'
          ? { page: reply.page }
          : { error: new BadPayload(`The page cannot be read: ${reply.message}`) },
      );
    this.next();
  }

  private ended(end: ChildEnd): void {
    clearTimeout(this.timer);
    const wasReady = this.ready;
    this.child = undefined;
    this.ready = false;
    this.whenGone?.();
    if (this.running) this.finish({ error: new BadPayload('The page took too much memory to be read.') });
    // A child that dies before its first word never will speak: all who wait hear it, instead of starting the next one for ever.
    else if (!wasReady)
      for (const job of this.queue.splice(0))
        job.settle({
          error: new InfrastructureError(
            `The page reader does not start: ${end.stderr || (end.signal ?? `exit ${end.code}`)}`,
          ),
        });
    this.next();
  }

  private giveUp(): void {
    this.finish({ error: new BadPayload(`The page took more than ${this.options.timeoutMs} ms to be read.`) });
    this.replace();
  }

  private abort(job: Job, reason: unknown): void {
    const waiting = this.queue.indexOf(job);
    if (waiting >= 0) this.queue.splice(waiting, 1);
    if (this.running === job) {
      this.finish({ error: reason });
      this.replace();
    } else job.settle({ error: reason });
    this.next();
  }

  /** Kills the child in the middle of a job; the next job gets a new one. */
  private replace(): void {
    this.child?.kill();
    this.child?.hold(false);
    this.child = undefined;
    this.next();
  }

  private finish(outcome: { page: ExtractedPage } | { error: unknown }): void {
    clearTimeout(this.timer);
    const job = this.running;
    this.running = undefined;
    job?.settle(outcome);
  }

  private rest(): void {
    clearTimeout(this.timer);
    const child = this.child;
    if (!child) return;
    child.hold(false);
    this.timer = setTimeout(() => child.kill(), this.options.idleMs).unref();
  }
}
