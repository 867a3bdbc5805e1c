import { PassThrough } from 'node:stream';
import { afterEach, describe, expect, it } from '@jest/globals';
import type { Generation } from '@vaultstream/contracts';
import { createLogger } from '@vaultstream/runtime';
import { eventually } from '@vaultstream/testing';
import { WatchedConsumer, type JobWorker } from './watched-consumer.ts';

/** A worker whose fetching is in the test's hands. */
class FakeWorker implements JobWorker {
  abandoned = false;
  closes = true;
  complain: (error: Error) => void = () => undefined;
  constructor(
    readonly bring: (wakeUp: Generation) => Promise<void>,
    readonly beat: () => void,
  ) {}
  waitUntilReady = async (): Promise<void> => undefined;
  run = async (): Promise<void> => undefined;
  close = (): Promise<void> => (this.closes ? Promise.resolve() : new Promise(() => undefined));
  abandon = (): void => void (this.abandoned = true);
  on = (_event: 'error', listener: (error: Error) => void): this => {
    this.complain = listener;
    return this;
  };
}

describe('a consumer that is watched', () => {
  const made: FakeWorker[] = [];
  const log = new PassThrough();
  const logged = () => String(log.read() ?? '');
  let consumer: WatchedConsumer;
  let away = false;
  let probes = 0;
  let work: (wakeUp: Generation) => Promise<void> = async () => undefined;
  async function start(concurrency = 1): Promise<FakeWorker> {
    consumer = new WatchedConsumer({
      queue: 'parse',
      concurrency,
      work: (wakeUp) => work(wakeUp),
      make: (bring, beat) => {
        const worker = new FakeWorker(bring, beat);
        made.push(worker);
        return worker;
      },
      probe: async () => {
        probes++;
        if (away) throw new Error('away');
      },
      logger: createLogger('test', { level: 'warn', format: 'json', stream: log }),
      lookMs: 5,
      rebuildMs: 60,
    });
    await consumer.start();
    return made[0] as FakeWorker;
  }
  afterEach(async () => {
    await consumer.close();
    made.length = 0;
    away = false;
    work = async () => undefined;
  });
  const wakeUp = { taskId: 'a', generation: 1 };

  it('J8: is made anew when it has stopped fetching although the broker answers, and stays silent until it fetches', async () => {
    const first = await start();
    await eventually(() => made.length === 2);
    expect(first.abandoned).toBe(true);
    expect(consumer.silentMs).toBeGreaterThanOrEqual(60);
    made.at(-1)?.beat();
    expect(consumer.silentMs).toBeLessThan(60);
  });

  it('J8: is left alone while the broker answers nobody, and its silence does not count', async () => {
    away = true;
    await start();
    await eventually(() => probes > 3);
    expect(made).toHaveLength(1);
    away = false;
    await eventually(() => made.length === 2);
  });

  it('is not silent while all its hands are full, and waits for them when it closes', async () => {
    let end: () => void = () => undefined;
    work = () => new Promise((resolve) => (end = resolve));
    const worker = await start();
    const run = worker.bring(wakeUp);
    expect(consumer.silentMs).toBe(0);
    let closed = false;
    const closing = consumer.close().then(() => (closed = true));
    await Promise.resolve();
    expect(closed).toBe(false);
    end();
    await Promise.all([run, closing]);
    expect(worker.abandoned).toBe(true);
  });

  it('lets a worker go that cannot close because its store is away', async () => {
    const worker = await start();
    worker.closes = false;
    await consumer.close();
    expect(worker.abandoned).toBe(true);
  });

  it('warns of what its worker reports', async () => {
    const worker = await start();
    worker.complain(new Error('connection reset'));
    expect(logged()).toContain('connection reset');
  });

  it('is quiet once it is told to close: the embedded Postgres may go before the last connection', async () => {
    const worker = await start();
    const closing = consumer.close();
    worker.complain(new Error('terminating connection due to administrator command'));
    await closing;
    expect(logged()).toBe('');
  });
});
