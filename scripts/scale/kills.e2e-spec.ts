import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { kinds } from './cluster.ts';
import { balancerProgram, partsHere, ScaleWorld } from './world.ts';

/** J1 and J2 of `npm run test:chaos` have 2,000, without a balancer. */
const shares = 150;

/** An accepted share is never lost, whichever process dies: in scale as in one process. */
describe.each(partsHere)('a cluster on %s', (parts) => {
  let world: ScaleWorld;

  beforeAll(async () => {
    world = await ScaleWorld.start(parts, {
      counts: { api: 2, 'parse-worker': 2, 'media-worker': 2, 'push-dispatcher': 2, scheduler: 1 },
      env: {},
      balancer: balancerProgram === undefined ? undefined : { program: balancerProgram },
    });
  }, 180_000);

  afterAll(() => world?.stop(), 120_000);

  it(`${shares} shares settle while every process is killed and started again in turn`, async () => {
    let next = 1;
    const sharing = Array.from({ length: 4 }, async () => {
      while (next <= shares) await world.share(next++);
    });
    const killing = (async () => {
      for (let index = 0; index < 2; index++)
        for (const kind of kinds) {
          const member = world.cluster.of(kind)[index] ?? world.cluster.of(kind)[0];
          await member?.restart({ kill: true });
        }
    })();
    await Promise.all([...sharing, killing]);
    expect(world.accepted.size).toBe(shares);
    for (const member of world.cluster.members) expect(member.exits.map(({ signal }) => signal)).toContain('SIGKILL');

    await world.settled();
    await world.expectNothingLostOrDoubled();
  }, 600_000);
});
