import { InfrastructureError } from '@vaultstream/contracts';

/** What was to be sent by a deadline was not sent, and has no effect. */
export class TooLate extends InfrastructureError {}

/**
 * A moment after which something must not be sent any more. Of two clocks the one that says more counts: the monotonic one stands still
 * while the machine sleeps, and the wall clock may be set back.
 */
export class Deadline {
  private readonly wallStart = Date.now();
  private readonly start = performance.now();

  /** @param ms Milliseconds from now. */
  constructor(private readonly ms: number) {}

  /** Milliseconds; not positive when it has passed. */
  get leftMs(): number {
    return this.ms - Math.max(Date.now() - this.wallStart, performance.now() - this.start);
  }

  /** @throws TooLate when it has passed. */
  assertOpen(): void {
    if (this.leftMs <= 0) throw new TooLate('it is too late to send this: the process was held up');
  }
}
