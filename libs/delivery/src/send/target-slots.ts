import { Injectable } from '@nestjs/common';
import { Env } from '@vaultstream/runtime';

/** The share of this process's workers that one target may take. */
const share = 4;
/** Milliseconds that a run waits for its turn, times its place in the queue, up to the longest wait. */
const stepMs = 500;
const longestMs = 30_000;

interface Slots {
  busy: number;
  /** Runs that were sent away since a slot was last freed. */
  waiting: number;
}

/** Calls under way, by target: a slow one must not take every worker of the process. */
@Injectable()
export class TargetSlots {
  private readonly limit: number;
  private readonly targets = new Map<string, Slots>();

  constructor(env: Env) {
    this.limit = Math.max(1, Math.floor(env.concurrency.push / share));
  }

  /** Takes a slot: 0, or the milliseconds to wait before asking again, the longer the more are asking. */
  take(targetId: string): number {
    const slots = this.targets.get(targetId) ?? { busy: 0, waiting: 0 };
    this.targets.set(targetId, slots);
    if (slots.busy < this.limit) {
      slots.busy += 1;
      return 0;
    }
    slots.waiting += 1;
    return Math.min(longestMs, slots.waiting * stepMs);
  }

  /** Gives a taken slot back. */
  free(targetId: string): void {
    const slots = this.targets.get(targetId);
    if (!slots) return;
    slots.busy -= 1;
    slots.waiting = 0;
    if (slots.busy === 0) this.targets.delete(targetId);
  }
}
