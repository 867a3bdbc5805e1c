import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import type { Chunk, QueueName, WakeUp } from '@vaultstream/contracts';
import { eventually } from '@vaultstream/testing';
import { carriers } from '../../test/carriers.ts';
import { onParse, parseTask, planTask, recordParse, stop, type TaskWorld } from '../../test/task-world.ts';
import { Broker, jobId, type AtBroker, type BrokerState, type Consumer } from '../broker/index.ts';
import { Relay, type RelayOptions } from './relay.ts';

/** The real broker, with a say in what reaches it. */
class Watched extends Broker {
  readonly published: string[] = [];
  away = false;
  /** Goes away at the next hand-over, not before. */
  breaks = false;
  refuses = (_wakeUp: WakeUp): boolean => false;

  constructor(private readonly inner: Broker) {
    super();
  }

  get name(): string {
    return this.inner.name;
  }
  async probe(): Promise<BrokerState> {
    if (this.away) throw new Error('away');
    return this.inner.probe();
  }
  async publish(queue: QueueName, wakeUps: readonly WakeUp[]): Promise<void> {
    this.away ||= this.breaks;
    if (this.away || wakeUps.some((wakeUp) => this.refuses(wakeUp))) throw new Error('refused');
    await this.inner.publish(queue, wakeUps);
    this.published.push(...wakeUps.map(jobId));
  }
  holds<G extends AtBroker>(queue: QueueName, tasks: readonly G[]): Promise<G[]> {
    return this.inner.holds(queue, tasks);
  }
  consume(queue: QueueName, concurrency: number, work: (chunk: Chunk) => Promise<void>): Promise<Consumer> {
    return this.inner.consume(queue, concurrency, work);
  }
  close(): Promise<void> {
    return this.inner.close();
  }
}

describe.each(carriers)('the relay to $name', ({ open }) => {
  let world: TaskWorld;
  let broker: Watched;
  const relays: Relay[] = [];
  beforeAll(async () => {
    world = await open();
    broker = new Watched(await world.broker());
  });
  afterEach(async () => {
    await Promise.all(relays.splice(0).map((relay) => relay.stop()));
    await world.clear();
    broker.published.length = 0;
    broker.away = broker.breaks = false;
    broker.refuses = () => false;
  });
  afterAll(async () => {
    await broker.close();
    await world.end();
  });
  function start(options: Partial<RelayOptions> = {}): Relay {
    const relay = new Relay(world.store, { first: broker }, world.logger, { databaseUrl: world.url, ...options });
    relays.push(relay);
    relay.start();
    return relay;
  }
  const countTasks = async (state: string) =>
    (await world.sql<{ n: number }>('SELECT count(*)::int AS n FROM tasks WHERE state = $1', state))[0]?.n;
  const many = (count: number) => Array.from({ length: count }, (_, index) => parseTask(index + 1));

  it('J24: two relays hand each of 5,000 tasks over once', async () => {
    await world.append(...many(5_000));
    start({ bound: 10_000 });
    start({ bound: 10_000 });
    await eventually(() => broker.published.length >= 5_000, { timeoutMs: 30_000 });
    expect(await countTasks('queued')).toBe(5_000);
    expect(broker.published).toHaveLength(5_000);
    expect(new Set(broker.published).size).toBe(5_000);
  }, 60_000);

  it('J28: keeps what exceeds the bound in the log', async () => {
    await world.append(...many(300));
    const relay = start({ bound: 50 });
    await eventually(async () => (await countTasks('queued')) === 50);
    await eventually(() => (relay.secondsSincePass ?? 1) < 0.5);
    expect(await countTasks('ready')).toBe(250);
    expect(broker.published).toHaveLength(50);
  });

  it('J28: plans for a flood, though the log was empty when it was last looked at', async () => {
    await world.sql('VACUUM (ANALYZE) tasks');
    const known = async () =>
      (await world.sql<{ n: number }>(`SELECT reltuples::int AS n FROM pg_class WHERE oid = 'tasks'::regclass`))[0]?.n;
    expect(await known()).toBe(0);
    await world.append(...many(3_000));
    start({ bound: 1_000 });
    await eventually(async () => expect(await known()).toBe(3_000));
  });

  it('goes on as soon as there is room, though nobody rings', async () => {
    await world.append(...many(300));
    start({ bound: 100, pollMs: 600_000 });
    for (let round = 1; round <= 3; round++) {
      await eventually(() => broker.published.length === 100 * round, { timeoutMs: 5_000 });
      await world.sql(`DELETE FROM tasks WHERE state = 'queued'`);
    }
  });

  it('J25: a chunk that the broker refuses is sent task by task', async () => {
    await world.append(...Array.from({ length: 64 }, (_, index) => planTask(index + 1)));
    broker.refuses = ({ others }) => others !== undefined;
    start();
    await eventually(() => broker.published.length === 64);
    expect(await countTasks('queued')).toBe(64);
  });

  it('J14: hears the bell again after its connection was cut', async () => {
    start({ pollMs: 600_000 });
    const listeners = () =>
      world.sql<{ pid: number }>(
        `SELECT pid FROM pg_stat_activity WHERE datname = current_database() AND application_name = 'vaultstream-relay'`,
      );
    const [before] = await eventually(async () => {
      const rows = await listeners();
      expect(rows).toHaveLength(1);
      return rows;
    });
    await world.append(parseTask(1));
    await eventually(() => broker.published.length === 1);
    await world.sql('SELECT pg_terminate_backend($1)', before?.pid);
    // Appended while nobody listens: heard at the latest when the connection is back.
    await world.append(parseTask(2));
    await eventually(() => broker.published.length === 2, { timeoutMs: 30_000 });
    const [after] = await listeners();
    expect(after?.pid).not.toBe(before?.pid);
    await world.append(parseTask(3));
    await eventually(() => broker.published.length === 3, { timeoutMs: 1_000 });
  }, 60_000);

  it('sends delayed tasks when they are due, not before', async () => {
    start();
    await world.append(parseTask(1, { delayMs: 1_500 }));
    await eventually(() => broker.published.length === 1);
    const [row] = await world.sql<{ late: number }>(
      'SELECT extract(epoch FROM queued_at - run_at)::float8 AS late FROM tasks',
    );
    expect(row?.late).toBeGreaterThanOrEqual(0);
  });

  it('puts back what the broker did not take while it was away, and sends it under the next generation', async () => {
    broker.breaks = true;
    await world.append(parseTask(1));
    const relay = start();
    await eventually(() => world.lines.some((line) => line['name'] === 'relay'));
    await eventually(async () => (await countTasks('ready')) === 1);
    broker.away = broker.breaks = false;
    await eventually(() => broker.published.length === 1);
    expect(broker.published[0]).not.toMatch(/-1$/);
    expect(relay.secondsSincePass).not.toBeNull();
  });

  it('J7: leaves in the log what comes while the broker is away', async () => {
    broker.away = true;
    await world.append(...many(10));
    start();
    await eventually(() => world.lines.some((line) => line['name'] === 'relay'));
    expect(await world.sql('SELECT DISTINCT state, generation FROM tasks')).toEqual([
      { state: 'ready', generation: 0 },
    ]);
    broker.away = false;
    await eventually(() => broker.published.length === 10);
  });

  it('J25: one wake-up that the broker refuses does not hold up the others', async () => {
    const [poison] = await world.append(...many(100));
    broker.refuses = (wakeUp) => wakeUp.taskId === poison?.id;
    start();
    await eventually(() => broker.published.length === 99);
    await eventually(async () => (await countTasks('queued')) === 99);
    expect(world.lines.find((line) => line['name'] === 'relay.refused')).toMatchObject({ task_id: poison?.id });
  });

  it('J6: sends again what a broker has lost, and leaves alone what it holds', async () => {
    await world.append(...many(20));
    await world.store.takeReady({ parse: 10 }, broker.name);
    start({ staleMs: 100 });
    // The first ten never reached the broker; the others do, and stay.
    await eventually(() => broker.published.length === 20, { timeoutMs: 20_000 });
    const rows = () => world.sql('SELECT generation, count(*)::int AS n FROM tasks GROUP BY 1 ORDER BY 1');
    const expected = [
      { generation: 1, n: 10 },
      { generation: 2, n: 10 },
    ];
    expect(await rows()).toEqual(expected);
    const before = await world.sql<{ at: Date }>('SELECT min(queued_at) AS at FROM tasks');
    await eventually(async () => {
      const [now] = await world.sql<{ at: Date }>('SELECT min(queued_at) AS at FROM tasks');
      return Number(now?.at) > Number(before[0]?.at);
    });
    expect(await rows()).toEqual(expected);
  }, 40_000);

  it('J17: finds, when it starts, what a relay killed between log and broker left behind', async () => {
    await world.append(...many(20));
    await world.store.takeReady({ parse: 100 }, broker.name);
    await eventually(async () => (await world.store.staleQueued(1_000, 100)).length === 20);
    start();
    await eventually(() => broker.published.length === 20, { timeoutMs: 5_000 });
  });

  it('starts at once what a killed process of the same installation was running', async () => {
    await world.append(parseTask(1));
    const [wakeUp] = await world.store.takeReady({ parse: 1 }, 'postgres');
    if (wakeUp) await world.store.claim(wakeUp, 'killed', 3_600_000);
    const system = world.start(onParse(recordParse), { soleOwner: true });
    await world.drained(5_000);
    expect(await world.effects()).toEqual([1]);
    await stop(system);
  });
});
