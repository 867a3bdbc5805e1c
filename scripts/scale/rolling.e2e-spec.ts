import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { OpenLoop, readersAndSharers } from './open-loop.ts';
import { balancerProgram, partsHere, ScaleWorld } from './world.ts';

/** Requests a second, and how long they go on after the last replica is back. */
const rate = 100;
const afterMs = 10_000;
/** Of the shares, so many are of different pages. */
const articles = 200;

/** With the parts that a scaled deployment has, where they can be had. */
const parts = partsHere.at(-1) ?? 'Postgres and a shared folder';
const here = balancerProgram === undefined ? describe.skip : describe;

here(`a rolling restart of the API on ${parts}`, () => {
  let world: ScaleWorld;

  beforeAll(async () => {
    world = await ScaleWorld.start(parts, {
      counts: { api: 3, 'parse-worker': 1, 'media-worker': 1, 'push-dispatcher': 1, scheduler: 1 },
      env: { SHUTDOWN_DRAIN: '5' },
      balancer: balancerProgram === undefined ? undefined : { program: balancerProgram },
    });
  }, 180_000);

  afterAll(() => world?.stop(), 120_000);

  it(`no request of ${rate} a second fails while three replicas are restarted one after the other`, async () => {
    const { cluster, site } = world;
    const loop = new OpenLoop({
      url: cluster.url,
      token: cluster.token,
      rate,
      request: readersAndSharers((article) => site.url(article), articles),
    });
    for (const api of cluster.of('api')) {
      const exit = await api.stop();
      expect([api.name, exit.code]).toEqual([api.name, 0]);
      await api.start();
    }
    await sleep(afterMs);
    const result = await loop.stop();
    expect(result).toMatchObject({ failed: 0, failures: [] });
    expect(result.sent).toBeGreaterThan((rate * afterMs) / 1_000);
    // Each of them served its part before and after.
    for (const api of cluster.of('api'))
      expect(await api.metric('http_request_duration_seconds_count')).toBeGreaterThan(0);
    process.stdout.write(`rolling restart: ${JSON.stringify(result)}\n`);
  }, 300_000);
});
