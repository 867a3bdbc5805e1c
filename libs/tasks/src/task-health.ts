import type { ComponentHealth, HealthCheck, TaskStore } from '@vaultstream/contracts';
import type { Metrics } from '@vaultstream/runtime';
import type { Broker } from './broker/broker.ts';
import type { Relay } from './relay/relay.ts';

/** Seconds without a good pass after which the relay counts as down. It passes at least once a second. */
const relayPatienceS = 30;
/** Milliseconds that the workers may take to start, which they do while the process already serves. */
const startPatienceMs = 30_000;

/** The `queue` part of `/health`: whether work is being handed out. */
export class QueueHealth implements HealthCheck {
  readonly component = 'queue';
  private readonly madeAt: number;
  /** Undefined until they have started. */
  parts: { broker: Broker; relay: Relay | undefined } | undefined;

  /** @param now Milliseconds of a clock that only goes forward. */
  constructor(private readonly now: () => number = () => performance.now()) {
    this.madeAt = now();
  }

  /** @throws InfrastructureError when the broker is away. */
  async check(): Promise<ComponentHealth> {
    if (this.parts === undefined)
      return this.now() - this.madeAt < startPatienceMs
        ? { status: 'ok', detail: 'The workers are starting.' }
        : { status: 'down', detail: 'The workers have not started.' };
    const { broker, relay } = this.parts;
    await broker.ping();
    const since = relay === undefined ? 0 : relay.secondsSincePass;
    if (since === null || since > relayPatienceS)
      return { status: 'down', detail: 'Tasks are accepted but not handed out.' };
    return { status: 'ok' };
  }
}

/** Tasks that wait, of all queues. */
export async function queueSize(store: TaskStore): Promise<number> {
  return (await store.stats()).reduce((sum, queue) => sum + queue.waiting, 0);
}

/** Keeps the gauges of queues and dead letters: counted at each scrape. */
export function measureQueues(metrics: Metrics, store: TaskStore): void {
  const depth = metrics.gauge('vaultstream_queue_depth');
  const oldest = metrics.gauge('vaultstream_queue_oldest_seconds');
  const dead = metrics.gauge('vaultstream_dead_letters');
  metrics.onCollect('queues', async () => {
    for (const { queue, waiting, active, delayed, failed, oldestSeconds } of await store.stats()) {
      depth.set({ queue, state: 'waiting' }, waiting);
      depth.set({ queue, state: 'active' }, active);
      depth.set({ queue, state: 'delayed' }, delayed);
      oldest.set({ queue }, oldestSeconds);
      dead.set({ queue }, failed);
    }
  });
}
