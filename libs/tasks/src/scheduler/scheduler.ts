import type { ScheduleDefinition, ScheduleStore } from '@vaultstream/contracts';
import type { Logger } from '@vaultstream/runtime';
import { Throttled } from '../broker/throttled.ts';

/** Milliseconds between two looks at the schedules: how late a tick may be. */
const lookEveryMs = 1_000;

/** Turns due `schedules` rows into tasks. Any number may run side by side: each tick is claimed once. */
export class Scheduler {
  private readonly trouble = new Throttled();
  private timer: NodeJS.Timeout | undefined;
  private looking: Promise<void> | undefined;
  private ensured = false;
  private stopped = false;

  /** @param schedules Their rows are made or brought up to date at start; other rows run too. */
  constructor(
    private readonly store: ScheduleStore,
    private readonly schedules: readonly ScheduleDefinition[],
    private readonly logger: Logger,
  ) {}

  start(): void {
    this.stopped = false;
    this.looking = this.look();
  }

  /** Resolves when the look under way has ended. */
  async stop(): Promise<void> {
    this.stopped = true;
    clearTimeout(this.timer);
    await this.looking;
  }

  private async look(): Promise<void> {
    try {
      if (!this.ensured) await this.store.ensure(this.schedules);
      this.ensured = true;
      const ran = await this.store.runDue();
      if (ran.length > 0) this.logger.info({ name: 'schedule.tick', schedules: ran }, 'schedules are due');
    } catch (err) {
      this.trouble.run(() => this.logger.warn({ name: 'schedule', err }, 'schedules cannot run'));
    }
    if (this.stopped) return;
    this.timer = setTimeout(() => {
      this.looking = this.look();
    }, lookEveryMs);
  }
}
