/** The time that a run may take. Stands still while the run waits in a line of our own. */
export class RunClock {
  private leftMs: number;
  private startedAt = performance.now();
  private timer: NodeJS.Timeout;
  private holds = 0;

  /** @param ms What the run may take. @param onEnd Called once, when it is over. */
  constructor(
    ms: number,
    private readonly onEnd: () => void,
  ) {
    this.leftMs = ms;
    this.timer = setTimeout(onEnd, ms);
  }

  /** Stops it until what is returned is called; more calls of that do nothing. */
  hold(): () => void {
    if (this.holds++ === 0) {
      clearTimeout(this.timer);
      this.leftMs -= performance.now() - this.startedAt;
    }
    let held = true;
    return () => {
      if (!held) return;
      held = false;
      if (--this.holds > 0) return;
      this.startedAt = performance.now();
      this.timer = setTimeout(this.onEnd, Math.max(0, this.leftMs));
    };
  }

  /** The run is over: nothing is called any more. */
  stop(): void {
    this.holds = Infinity;
    clearTimeout(this.timer);
  }
}
