/** Lets a number of runs through at once; the others wait in line. */
export class Slots {
  private readonly waiting: (() => void)[] = [];

  constructor(private count: number) {}

  /** Resolves when a slot is the caller's. */
  async take(): Promise<void> {
    if (this.count > 0) {
      this.count--;
      return;
    }
    await new Promise<void>((resolve) => this.waiting.push(resolve));
  }

  /** Gives a slot to the next in line. */
  free(): void {
    const next = this.waiting.shift();
    if (next === undefined) this.count++;
    else next();
  }
}
