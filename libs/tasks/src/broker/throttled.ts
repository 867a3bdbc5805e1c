/** Milliseconds between two reports of the same trouble. */
const pauseMs = 10_000;

/** Lets through one call in ten seconds: for log lines about an outage. */
export class Throttled {
  private last = Number.NEGATIVE_INFINITY;

  run(report: () => void): void {
    if (performance.now() - this.last < pauseMs) return;
    this.last = performance.now();
    report();
  }
}
