import type { Broker, BrokerState } from '../broker/broker.ts';
import type { Brokers } from '../broker/open-brokers.ts';

/** Milliseconds for which the broker of choice must have failed before the other one stands in. */
const patienceMs = 5_000;

/**
 * Where wake-ups go now. It remembers nothing but since when the broker of choice has failed: relays may differ in their view, and
 * consumers serve both brokers all the time. What then comes twice is void, by its generation.
 */
export class Route {
  private awaySince: number | undefined;
  private epoch: string | undefined;

  /** @param now Milliseconds of a clock that only goes forward. */
  constructor(
    private readonly brokers: Brokers,
    private readonly now: () => number = () => performance.now(),
  ) {}

  /**
   * Asks the broker of choice.
   * @returns Whom to give work to, and whether what was given before is in doubt: another broker than the last time, or one that was wiped.
   * @throws InfrastructureError when nobody can take any, with the reason of the broker of choice.
   */
  async choose(): Promise<{ broker: Broker; changed: boolean }> {
    const { first, standIn } = this.brokers;
    try {
      const { epoch } = await first.probe();
      this.awaySince = undefined;
      return { broker: first, changed: this.arrivesAt(first, epoch) };
    } catch (error) {
      this.awaySince ??= this.now();
      if (standIn === undefined || !this.writtenOff) throw error;
      const state: BrokerState = await standIn.probe();
      return { broker: standIn, changed: this.arrivesAt(standIn, state.epoch) };
    }
  }

  /**
   * The broker that a task's row names, to be asked whether it still has the task.
   * @returns `lost` when there is nobody to ask and no use in waiting, `wait` when it is away for the moment.
   */
  find(name: string): Broker | 'lost' | 'wait' {
    const { first, standIn } = this.brokers;
    if (name === standIn?.name) return standIn;
    if (name !== first.name) return 'lost';
    if (this.awaySince === undefined) return first;
    return standIn !== undefined && this.writtenOff ? 'lost' : 'wait';
  }

  private get writtenOff(): boolean {
    return this.awaySince !== undefined && this.now() - this.awaySince >= patienceMs;
  }

  private arrivesAt(broker: Broker, epoch: string): boolean {
    const arrived = `${broker.name} ${epoch}`;
    const changed = this.epoch !== arrived;
    this.epoch = arrived;
    return changed;
  }
}
