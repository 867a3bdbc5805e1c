/** Lets a number of runs through at once; the others wait in line. */
export class Slots {
  private readonly waiting = new Set<() => void>();

  constructor(private count: number) {}

  /** Resolves with true when a slot is the caller's, and with false when `giveUp` fires first. */
  async take(giveUp?: AbortSignal): Promise<boolean> {
    if (giveUp?.aborted) return false;
    if (this.count > 0) {
      this.count--;
      return true;
    }
    return new Promise<boolean>((resolve) => {
      const onTurn = () => {
        giveUp?.removeEventListener('abort', onGiveUp);
        resolve(true);
      };
      const onGiveUp = () => {
        this.waiting.delete(onTurn);
        resolve(false);
      };
      this.waiting.add(onTurn);
      giveUp?.addEventListener('abort', onGiveUp, { once: true });
    });
  }

  /** Gives a slot to the next in line. */
  free(): void {
    const [next] = this.waiting;
    if (next === undefined) {
      this.count++;
      return;
    }
    this.waiting.delete(next);
    next();
  }
}
