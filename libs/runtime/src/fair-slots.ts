/** The part of a process's workers that one key may take: a quarter. */
const usualShare = 4;
/** Milliseconds that a run waits for its turn, for each time that all slots must come free before, up to the longest wait. */
const stepMs = 500;
const longestMs = 30_000;

interface Slots {
  busy: number;
  /** Runs that were sent away since a slot was last freed. */
  waiting: number;
}

/** Calls under way, by whom they wait for: one that is slow must not take every worker of the process. */
export class FairSlots {
  private readonly limit: number;
  private readonly keys = new Map<string, Slots>();

  /**
   * @param workers How many runs the process works on at once.
   * @param share One of so many of them may be of one key, at least one.
   */
  constructor(workers: number, share = usualShare) {
    this.limit = Math.max(1, Math.floor(workers / share));
  }

  /** Takes a slot: 0, or the milliseconds to wait before asking again, the longer the more are asking. */
  take(key: string): number {
    const slots = this.keys.get(key) ?? { busy: 0, waiting: 0 };
    this.keys.set(key, slots);
    if (slots.busy < this.limit) {
      slots.busy += 1;
      return 0;
    }
    slots.waiting += 1;
    return Math.min(longestMs, Math.ceil(slots.waiting / this.limit) * stepMs);
  }

  /** Gives a taken slot back. */
  free(key: string): void {
    const slots = this.keys.get(key);
    if (!slots) return;
    slots.busy -= 1;
    slots.waiting = 0;
    if (slots.busy === 0) this.keys.delete(key);
  }
}
