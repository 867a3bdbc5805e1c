import { setTimeout as sleep } from 'node:timers/promises';
import { eventually } from '@vaultstream/testing';
import { appendTasks } from '../append.ts';
import { Publishes } from '../publishes.ts';
import type { Row } from '../row.ts';
import type { World } from '../world.ts';

const tasks = 5_000;
/** Contents that there are not: their tasks end at once. */
const firstId = 1_000_000_000;
/** Of all tasks: published a second time because nobody could know of the first. */
const mostTwice = 0.01;

/** J24: what the two relays publish is counted at Redis, and what runs is written down by a trigger. */
export const j24: Row = {
  id: 'J24',
  title: `two relays, ${tasks} tasks, kill -9 of one: each is published, less than ${mostTwice * 100} % of them twice; each runs once`,
  inCi: true,
  async run(stage) {
    const world = await stage.world('Redis and S3');
    await watchRuns(world);
    const publishes = await Publishes.watch(world.redis.port);
    const victim = world.cluster.member('scheduler-1');
    const appending = appendTasks(world, tasks, firstId);
    await eventually(() => publishes.count(1) >= tasks / 5, { timeoutMs: 60_000, intervalMs: 5 });
    await victim.kill();
    await appending;
    const left = 'SELECT count(*) AS n FROM tasks WHERE content_id >= $1';
    await eventually(async () => (await world.count(left, firstId)) === 0, {
      timeoutMs: 120_000,
      intervalMs: 200,
    }).catch(() => undefined);
    await victim.start();
    await sleep(500);
    publishes.stop();
    const open = await world.count(left, firstId);
    const starts = await startsOf(world);
    const published = [...starts.keys()].map((id) => publishes.times.get(id) ?? 0);
    const again = published.filter((times) => times > 1).length;
    const ranTwice = [...starts.values()].filter((times) => times > 1).length;
    await world.sql.query('DROP TRIGGER chaos ON tasks');
    const broken = again > tasks * mostTwice ? [`${again} of ${tasks} were published more than once`] : [];
    if (published.includes(0)) broken.push('some ran that were never published: they were not counted well');
    const counts = { acknowledged: tasks, done: tasks - open, lost: tasks - starts.size, twice: ranTwice, stuck: open };
    return { ...counts, kills: 1, broken, notes: [`${again} of ${tasks} were published again`] };
  },
};

/** Notes each start of a run. */
async function watchRuns({ sql }: World): Promise<void> {
  await sql.query(`
    CREATE TABLE IF NOT EXISTS chaos_runs (id uuid);
    TRUNCATE chaos_runs;
    CREATE OR REPLACE FUNCTION chaos_note() RETURNS trigger LANGUAGE plpgsql AS $$
      BEGIN INSERT INTO chaos_runs VALUES (NEW.id); RETURN NULL; END $$;
    CREATE OR REPLACE TRIGGER chaos AFTER UPDATE OF state ON tasks FOR EACH ROW
      WHEN (NEW.content_id >= ${firstId} AND NEW.state = 'running') EXECUTE FUNCTION chaos_note()`);
}

/** How often each task of this row was started. */
async function startsOf({ sql }: World): Promise<Map<string, number>> {
  const { rows } = await sql.query<{ id: string; times: number }>(
    'SELECT id::text, count(*)::int AS times FROM chaos_runs GROUP BY id',
  );
  return new Map(rows.map(({ id, times }) => [id, times]));
}
