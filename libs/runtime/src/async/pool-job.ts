/** How a caller waits for its job. */
export interface JobTurn {
  /** Keys have equal shares of the pool: whose work it is, such as the site of a page. */
  key: string;
  signal?: AbortSignal | undefined;
  /** Called when a child begins with the job: until then it waited in line. */
  onStart?: (() => void) | undefined;
  /** Called when it was taken from its child again, for others: it waits in line once more, and will begin anew. */
  onWait?: (() => void) | undefined;
  /** Longest wait in line: milliseconds. */
  patienceMs?: number | undefined;
}

/** How a job ends for its caller. */
export type Outcome = { answer: unknown } | { error: unknown };

interface JobEvents {
  /** It has waited for so many milliseconds, and will not wait longer. */
  impatient(job: PoolJob, waitedMs: number): void;
  aborted(job: PoolJob, reason: unknown): void;
}

/** Half of what a task of ours may take, so that what was fetched is not fetched in vain. */
export const usualPatienceMs = 30_000;

/** A job from its caller's side: in line, or in a child, until it is settled. */
export class PoolJob {
  /** It has given its child to others: it will not have to again. */
  sentBack = false;
  readonly key: string;
  private readonly done = Promise.withResolvers<unknown>();
  private patience: NodeJS.Timeout | undefined;

  constructor(
    readonly request: unknown,
    private readonly turn: JobTurn,
    private readonly events: JobEvents,
  ) {
    this.key = turn.key;
    turn.signal?.addEventListener('abort', this.abort, { once: true });
    this.wait();
  }

  /** @throws what it was settled with */
  get answer(): Promise<unknown> {
    return this.done.promise;
  }

  /** A child begins with it. */
  begin(): void {
    clearTimeout(this.patience);
    this.turn.onStart?.();
  }

  /** Out of its child, into the line. */
  sendBack(): void {
    this.sentBack = true;
    this.turn.onWait?.();
    this.wait();
  }

  settle(outcome: Outcome): void {
    clearTimeout(this.patience);
    this.turn.signal?.removeEventListener('abort', this.abort);
    if ('answer' in outcome) this.done.resolve(outcome.answer);
    else
      this.done.reject(outcome.error instanceof Error ? outcome.error : new Error('aborted', { cause: outcome.error }));
  }

  private wait(): void {
    const { patienceMs = usualPatienceMs } = this.turn;
    this.patience = setTimeout(() => this.events.impatient(this, patienceMs), patienceMs);
  }

  private readonly abort = (): void => this.events.aborted(this, this.turn.signal?.reason);
}
