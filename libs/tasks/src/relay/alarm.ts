/** A sleep that can be cut short: a ring while nobody sleeps ends the next sleep. */
export class Alarm {
  private rung = false;
  private wake: (() => void) | undefined;

  /** @param gatherMs Milliseconds that a sleep lasts at least: rings that follow each other closely are gathered, one after a rest is not kept waiting. */
  constructor(private readonly gatherMs: number) {}

  ring(): void {
    this.rung = true;
    this.wake?.();
  }

  /** Resolves after `ms`, or at a ring, though not before `gatherMs`. */
  async sleep(ms: number): Promise<void> {
    const startedAt = performance.now();
    if (!this.rung)
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, ms);
        this.wake = () => {
          clearTimeout(timer);
          resolve();
        };
      });
    this.wake = undefined;
    const early = this.gatherMs - (performance.now() - startedAt);
    if (this.rung && early > 0) await new Promise((resolve) => setTimeout(resolve, early));
    this.rung = false;
  }
}
