/** What a job has taken: milliseconds. */
export interface Cost {
  /** CPU, where the system tells it. */
  cpuMs: number;
  /** By the clock of the wall, from its start to its end. */
  wallMs: number;
}

/**
 * A job that takes so much CPU is slow: milliseconds. An article takes some 50, and a long page of an encyclopedia hardly 1,000, so what takes
 * more is rare; and it is the price that all keys together pay for one that nobody knows yet.
 */
export const usualSlowMs = 1_000;
/** So many slow keys are remembered. */
const maxSlow = 1_000;
/** How much a new job changes a mean. A key that was killed for its 15 s of CPU is slow for its next dozen of jobs at least. */
const weight = 0.2;
/** A job until there was one. A start of Node may be in it. */
const firstGuess: Cost = { cpuMs: 100, wallMs: 500 };

/** What the jobs of a pool take: in the mean, and by key of those that are slow. */
export class KeyCosts {
  private usual: Cost = firstGuess;
  private readonly slow = new Map<string, Cost>();

  /** @param slowMs What a job must take at least to be slow: milliseconds of CPU. */
  constructor(private readonly slowMs: number) {}

  isSlow(key: string): boolean {
    return this.slow.has(key);
  }

  /** What the next job of this key may take. */
  of(key: string): Cost {
    return this.slow.get(key) ?? this.usual;
  }

  /** A job is over. */
  note(key: string, cost: Cost): void {
    const before = this.slow.get(key);
    if (!before && cost.cpuMs < this.slowMs) {
      this.usual = mean(this.usual, cost);
      return;
    }
    const now = before ? mean(before, cost) : cost;
    this.slow.delete(key);
    if (now.cpuMs < this.slowMs) return;
    this.slow.set(key, now);
    const [oldest] = this.slow.size > maxSlow ? this.slow.keys() : [];
    if (oldest !== undefined) this.slow.delete(oldest);
  }
}

const mean = (before: Cost, now: Cost): Cost => ({
  cpuMs: before.cpuMs + weight * (now.cpuMs - before.cpuMs),
  wallMs: before.wallMs + weight * (now.wallMs - before.wallMs),
});
