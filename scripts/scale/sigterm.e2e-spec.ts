import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { kinds, type LogLine } from './cluster.ts';
import { balancerProgram, partsHere, ScaleWorld, type Parts } from './world.ts';

/** Each kind at least once for each of its two members where tasks are carried by Redis. */
const stopsOn: Record<Parts, number> = { 'Redis and S3': 20, 'Postgres and a shared folder': 10 };
/** Of all kinds of tasks together some five times as many are under way. */
const sharesATurn = 15;
/** Milliseconds: the grace period that a container gets by default, in Docker and less than in Kubernetes. */
const graceMs = 30_000;

describe.each(partsHere)('SIGTERM under load, on %s', (parts) => {
  const stops = stopsOn[parts];
  let world: ScaleWorld;

  beforeAll(async () => {
    world = await ScaleWorld.start(parts, {
      counts: { api: 2, 'parse-worker': 2, 'media-worker': 2, 'push-dispatcher': 2, scheduler: 2 },
      env: { SHUTDOWN_DRAIN: '1' },
      balancer: balancerProgram === undefined ? undefined : { program: balancerProgram },
    });
  }, 180_000);

  afterAll(() => world?.stop(), 120_000);

  it(`J29: ${stops} times over all kinds: exit 0 within the grace period, no task is stalled or started twice, no share refused`, async () => {
    const { cluster } = world;
    for (let turn = 0; turn < stops; turn++) {
      const kind = kinds[turn % kinds.length] ?? 'api';
      const member = cluster.of(kind)[Math.floor(turn / kinds.length) % 2];
      if (!member) throw new Error(`there is no second ${kind}`);
      const sharing = Array.from({ length: sharesATurn }, (_, index) => world.share(turn * sharesATurn + index + 1));
      await sharing[0];
      const exit = await member.stop();
      expect([member.name, exit.code]).toEqual([member.name, 0]);
      expect(exit.ms).toBeLessThan(graceMs);
      await Promise.all([member.start(), ...sharing]);
    }
    await world.settled();
    await world.expectNothingLostOrDoubled();
    // With a balancer, clients notice nothing; without one, the first replica's own stops.
    if (balancerProgram !== undefined) expect(world.refusals).toEqual([]);

    const lines = cluster.members.flatMap((member) => member.logs());
    // What a relay says of a task whose worker has vanished.
    expect(lines.filter(({ name }) => name === 'relay.expired')).toEqual([]);
    const runs = Map.groupBy(
      lines.filter(({ name }) => name === 'task.run'),
      ({ task_id }) => task_id ?? '',
    );
    expect(runs.size).toBeGreaterThanOrEqual(4 * world.accepted.size);
    expect([...runs.values()].filter((all) => !startedOnce(all))).toEqual([]);
  }, 600_000);
});

/** Whether a task's runs are one that did it, and before that only such as had to wait or failed: starts - failures == 1. */
function startedOnce(runs: readonly LogLine[]): boolean {
  const ends = runs.map(({ outcome }) => outcome);
  const stopped = runs.some(({ error_type }) => error_type === 'Stopping');
  return (
    ends.filter((end) => end === 'done').length === 1 &&
    !stopped &&
    !ends.some((end) => end === 'fenced' || end === 'unsaved')
  );
}
