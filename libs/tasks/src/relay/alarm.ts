/** A sleep that can be cut short: a ring while nobody sleeps ends the next sleep. */
export class Alarm {
  private rung = false;
  private wake: (() => void) | undefined;

  /** @param debounceMs How long a ring waits for others before it wakes. */
  constructor(private readonly debounceMs: number) {}

  ring(): void {
    this.rung = true;
    this.wake?.();
  }

  /** Resolves after `ms`, or `debounceMs` after a ring. */
  async sleep(ms: number): Promise<void> {
    if (!this.rung)
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, ms);
        this.wake = () => {
          clearTimeout(timer);
          resolve();
        };
      });
    this.wake = undefined;
    if (this.rung) await new Promise((resolve) => setTimeout(resolve, this.debounceMs));
    this.rung = false;
  }
}
