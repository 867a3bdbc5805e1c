import { Injectable } from '@nestjs/common';
import { PlatformHealth, type PlatformStateRecord } from '@vaultstream/store';

/** How long what was read is believed: milliseconds. Within this time every process learns that a circuit has opened. */
const trustMs = 1_000;

/** The states of all platforms, remembered for a moment: parses ask before each platform call. */
@Injectable()
export class CircuitStates {
  private remembered: Promise<PlatformStateRecord[]> | undefined;
  private readAt = 0;

  constructor(private readonly health: PlatformHealth) {}

  /** A platform whose circuit is not closed, as it was a moment ago; undefined when it is. @throws InfrastructureError */
  async openOne(platform: string): Promise<PlatformStateRecord | undefined> {
    const states = await this.recent();
    return states.find((state) => state.platform === platform && state.circuit !== 'closed');
  }

  /** This process has changed a state, or must know it exactly: the next who asks reads anew. */
  forget(): void {
    this.remembered = undefined;
  }

  private recent(): Promise<PlatformStateRecord[]> {
    if (this.remembered && performance.now() - this.readAt < trustMs) return this.remembered;
    const reading = this.health.states();
    this.remembered = reading;
    this.readAt = performance.now();
    reading.catch(() => {
      if (this.remembered === reading) this.remembered = undefined;
    });
    return reading;
  }
}
