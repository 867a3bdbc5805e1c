import type { ComponentHealth, HealthCheck, TaskStore } from '@vaultstream/contracts';
import type { Metrics, Reading } from '@vaultstream/runtime';
import type { Brokers } from './broker/open-brokers.ts';
import type { Relay } from './relay/relay.ts';
import type { TaskWorkers } from './worker/task-workers.ts';

/** Seconds without a good pass after which the relay counts as down. It passes at least once a second. */
const relayPatienceS = 30;
/** Milliseconds that the workers may take to start, which they do while the process already serves. */
const startPatienceMs = 30_000;
/** Milliseconds without a fetch after which a consumer counts as down, and after which its process counts as dead. An idle one fetches every 5 s. */
const silentMs = 30_000;
const deadMs = 90_000;

/** What is looked at. */
export interface RunningParts {
  brokers: Brokers;
  relay: Pick<Relay, 'secondsSincePass'> | undefined;
  workers: Pick<TaskWorkers, 'mostSilent'>;
  /** Why the workers of a broker have not started yet. */
  waiting: () => Error | undefined;
}

/** The `queue` part of `/health`: whether work is being handed out and done. */
export class QueueHealth implements HealthCheck {
  readonly component = 'queue';
  private readonly madeAt: number;
  /** Undefined until they have started. */
  parts: RunningParts | undefined;

  /** @param now Milliseconds of a clock that only goes forward. */
  constructor(private readonly now: () => number = () => performance.now()) {
    this.madeAt = now();
  }

  /** @throws InfrastructureError that says why the broker of choice takes no work. */
  async check(): Promise<ComponentHealth> {
    const young = this.now() - this.madeAt < startPatienceMs;
    const starting = { status: 'ok', detail: 'The workers are starting.' } as const;
    if (this.parts === undefined) return young ? starting : { status: 'down', detail: 'The workers have not started.' };
    const { brokers, relay, workers, waiting } = this.parts;
    const { notice } = await brokers.first.probe();
    const waitsFor = waiting();
    if (waitsFor !== undefined) return { status: 'down', detail: `The workers have not started: ${waitsFor.message}` };
    const since = relay === undefined ? 0 : relay.secondsSincePass;
    if (since === null && young) return starting;
    if (since === null || since > relayPatienceS)
      return { status: 'down', detail: 'Tasks are accepted but not handed out.' };
    const silent = workers.mostSilent;
    if (silent !== undefined && silent.silentMs > silentMs)
      return { status: 'down', detail: `Nothing is fetched from the queue "${silent.queue}".` };
    return { status: 'ok', ...(notice !== undefined && { detail: notice }) };
  }

  /**
   * Whether this process works, or could: false when a consumer has fetched nothing for long although its broker answers, and making it
   * anew has not helped. A broker that is away is nobody's death.
   */
  get alive(): boolean {
    return (this.parts?.workers.mostSilent?.silentMs ?? 0) < deadMs;
  }
}

/** Keeps the gauge of each broker of this process: asked at each scrape. */
export function measureBrokers(metrics: Metrics, health: QueueHealth): void {
  const up = metrics.gauge('vaultstream_broker_up');
  metrics.onCollect('brokers', async () => {
    const { first, standIn } = health.parts?.brokers ?? {};
    await Promise.all(
      [first, standIn].map(async (broker) => {
        if (broker === undefined) return;
        const takesWork = await broker.probe().then(
          () => 1,
          () => 0,
        );
        up.set({ broker: broker.name }, takesWork);
      }),
    );
  });
}

/** Tasks that wait, of all queues. */
export async function queueSize(store: TaskStore): Promise<number> {
  return (await store.stats()).reduce((sum, queue) => sum + queue.waiting, 0);
}

/** Tells how many tasks and dead letters there are: counted at each scrape, by the elected process. */
export function measureQueues(metrics: Metrics, store: TaskStore): void {
  metrics.onCollectElected('queues', async () =>
    (await store.stats()).flatMap(({ queue, waiting, active, delayed, failed, oldestSeconds }): Reading[] => [
      { name: 'vaultstream_queue_depth', labels: { queue, state: 'waiting' }, value: waiting },
      { name: 'vaultstream_queue_depth', labels: { queue, state: 'active' }, value: active },
      { name: 'vaultstream_queue_depth', labels: { queue, state: 'delayed' }, value: delayed },
      { name: 'vaultstream_queue_oldest_seconds', labels: { queue }, value: oldestSeconds },
      { name: 'vaultstream_dead_letters', labels: { queue }, value: failed },
    ]),
  );
}
