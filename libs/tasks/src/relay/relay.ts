import { queueNames, type QueueName, type TaskStore } from '@vaultstream/contracts';
import type { Logger } from '@vaultstream/runtime';
import type { Brokers } from '../broker/open-brokers.ts';
import { Throttled } from '../broker/throttled.ts';
import { Alarm } from './alarm.ts';
import { handOver } from './hand-over.ts';
import { Route } from './route.ts';
import { sweepLeases, sweepQueued } from './sweep.ts';
import { TaskBell } from './task-bell.ts';

export interface RelayOptions {
  /** `postgresql://...` of the task log: where the bell rings. */
  databaseUrl: string;
  /** Most tasks of a queue that lie at the broker (1,000); the rest waits in the log. */
  bound?: number;
  /** Milliseconds (1,000): longest sleep, when the bell stays silent. */
  pollMs?: number;
  /** Milliseconds (10,000) after which the broker is asked whether it still has a task. */
  staleMs?: number;
}

/** Milliseconds: rings are gathered, lease sweeps and lost-wake-up sweeps are this far apart, errors back off up to the last. */
const gatherMs = 5;
const leaseSweepMs = 1_000;
const queuedSweepMs = 5_000;
const maxBackoffMs = 5_000;

/** Milliseconds between two looks while tasks are due for which a queue has no room: the first time, doubled each time in vain, and at most. */
const noRoomMs = { least: 10, most: 160 };

/** Tasks handed over at once that look like a flood, and how far apart the log is told: milliseconds. */
const floodSize = 500;
const floodNoteMs = 10_000;

/** Handed-over tasks that one such sweep looks at; after a broker was wiped or changed it looks at all there may be. */
const sweepSize = 200;

/** What a process killed a moment ago may have left between log and broker. Milliseconds. */
const staleAtStartMs = 1_000;

/** Carries due tasks from the log to the broker, and brings back what was lost. Any number may run side by side. */
export class Relay {
  private readonly alarm = new Alarm(gatherMs);
  private readonly bell: TaskBell;
  private readonly bounds: Partial<Record<QueueName, number>>;
  private readonly trouble = new Throttled();
  private loop: Promise<void> | undefined;
  private stopping = false;
  private nextLeaseSweep = 0;
  private nextQueuedSweep = 0;
  private nextFloodNote = 0;
  private readonly route: Route;
  private started = false;
  private swept = false;
  private passedAt: number | undefined;

  constructor(
    private readonly store: TaskStore,
    brokers: Brokers,
    private readonly logger: Logger,
    private readonly options: RelayOptions,
  ) {
    this.bell = new TaskBell(options.databaseUrl, () => this.alarm.ring(), logger);
    this.route = new Route(brokers);
    this.bounds = Object.fromEntries(queueNames.map((queue) => [queue, options.bound ?? 1_000]));
  }

  /** Seconds since the last pass without an error; null before the first. */
  get secondsSincePass(): number | null {
    return this.passedAt === undefined ? null : (performance.now() - this.passedAt) / 1_000;
  }

  start(): void {
    this.stopping = false;
    this.bell.start();
    this.loop ??= this.run();
  }

  /** Resolves when the pass under way has ended. */
  async stop(): Promise<void> {
    this.stopping = true;
    this.alarm.ring();
    await this.loop;
    this.loop = undefined;
    await this.bell.stop();
  }

  private async run(): Promise<void> {
    for (let failures = 0, idle = 0; !this.stopping;) {
      try {
        const moved = await this.pass();
        this.passedAt = performance.now();
        failures = 0;
        idle = moved === 0 ? idle + 1 : 0;
        if (moved === 0) await this.alarm.sleep(await this.untilDue(idle));
      } catch (err) {
        failures++;
        this.trouble.run(() => this.logger.warn({ name: 'relay', failures, err }, 'the relay cannot work'));
        await this.alarm.sleep(Math.min(maxBackoffMs, 100 * 2 ** failures) * (0.75 + Math.random() / 2));
      }
    }
  }

  /** One look at the log. @returns How many tasks were handed over. */
  private async pass(): Promise<number> {
    const now = performance.now();
    if (now >= this.nextLeaseSweep) {
      this.nextLeaseSweep = now + leaseSweepMs;
      await sweepLeases(this.store, this.logger);
    }
    const { broker, changed } = await this.route.choose();
    this.swept &&= !changed;
    if (!this.swept) await this.sweepAll(broker.name);
    else if (now >= this.nextQueuedSweep) {
      this.nextQueuedSweep = now + queuedSweepMs;
      await sweepQueued(this.store, this.route, this.options.staleMs ?? 10_000, sweepSize, this.logger);
    }
    const moved = await handOver(this.store, broker, this.bounds, this.logger);
    if (moved >= floodSize && now >= this.nextFloodNote) {
      this.nextFloodNote = now + floodNoteMs;
      await this.store.noteFlood();
    }
    return moved;
  }

  /** At the start, after a broker was wiped, and whenever another one takes over: what lies at a broker may not be there any more. */
  private async sweepAll(broker: string): Promise<void> {
    const all = queueNames.length * (this.options.bound ?? 1_000);
    if (this.started) this.logger.warn({ name: 'relay.route', broker }, 'the broker is another one, or was wiped');
    await sweepQueued(this.store, this.route, this.started ? 0 : staleAtStartMs, all, this.logger);
    this.started = true;
    this.swept = true;
  }

  /**
   * Milliseconds to sleep: to the next delayed task, or until there may be room for those that are due, and never longer than the poll.
   * @param idle Passes without a task since the last with one.
   */
  private async untilDue(idle: number): Promise<number> {
    const due = (await this.store.nextDueMs(queueNames)) ?? Number.POSITIVE_INFINITY;
    const pauseMs = due === 0 ? Math.min(noRoomMs.most, noRoomMs.least * 2 ** (idle - 1)) : Math.ceil(due);
    return Math.min(this.options.pollMs ?? 1_000, Math.max(1, pauseMs));
  }
}
