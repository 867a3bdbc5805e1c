import { setTimeout as sleep } from 'node:timers/promises';
import { Database, PostgresTaskLog } from '@vaultstream/store';
import { eventually } from '@vaultstream/testing';
import type { Row } from '../row.ts';
import type { World } from '../world.ts';

const tasks = 5_000;
/** What a relay takes at once: between its two steps, only a sweep can tell whether the broker got it. */
const batch = 500;
/** Contents that there are not: their tasks end at once. */
const firstId = 1_000_000_000;

/** J24: what the two relays hand over is written down by a trigger, so that a second time would show. */
export const j24: Row = {
  id: 'J24',
  title: `two relays, ${tasks} tasks, kill -9 of one: each is handed over, none twice but what the dead one had in its hands; each runs once`,
  inCi: true,
  async run(stage) {
    const world = await stage.world('Redis and S3');
    await watchHandOvers(world);
    const victim = world.cluster.member('scheduler-1');
    const appending = append(world);
    await eventually(async () => (await handed(world, 1)) >= tasks / 5, { timeoutMs: 60_000, intervalMs: 20 });
    await victim.kill();
    await appending;
    const left = 'SELECT count(*) AS n FROM tasks WHERE content_id >= $1';
    await eventually(async () => (await world.count(left, firstId)) === 0, {
      timeoutMs: 120_000,
      intervalMs: 200,
    }).catch(() => undefined);
    await victim.start();
    await sleep(500);
    const [once, again, runsTwice, open] = [
      await handed(world, 1),
      await handed(world, 2),
      await world.count(
        `SELECT count(*) AS n FROM (SELECT 1 FROM chaos_tasks WHERE state = 'running' GROUP BY id HAVING count(*) > 1) AS more`,
      ),
      await world.count(left, firstId),
    ];
    await world.sql.query('DROP TRIGGER chaos ON tasks');
    const broken = again > batch + tasks / 100 ? [`${again} of ${tasks} were handed over more than once`] : [];
    return {
      ...{
        acknowledged: tasks,
        done: tasks - open,
        lost: tasks - once,
        twice: runsTwice,
        stuck: open,
        kills: 1,
        broken,
      },
      notes: [`${again} of ${tasks} were handed over again`],
    };
  },
};

async function append({ databaseUrl }: World): Promise<void> {
  const db = new Database({ url: databaseUrl });
  const log = new PostgresTaskLog();
  try {
    for (let from = 0; from < tasks; from += batch)
      await db.transact((tx) =>
        log.append(
          tx,
          Array.from({ length: batch }, (_, index) => ({
            name: 'content.parse' as const,
            payload: { content_id: firstId + from + index },
            contentId: firstId + from + index,
            trace: { request_id: null, traceparent: null },
          })),
        ),
      );
  } finally {
    await db.close();
  }
}

async function watchHandOvers({ sql }: World): Promise<void> {
  await sql.query(`
    CREATE TABLE IF NOT EXISTS chaos_tasks (id uuid, state text, generation int);
    TRUNCATE chaos_tasks;
    CREATE OR REPLACE FUNCTION chaos_note() RETURNS trigger LANGUAGE plpgsql AS $$
      BEGIN INSERT INTO chaos_tasks VALUES (NEW.id, NEW.state, NEW.generation); RETURN NULL; END $$;
    CREATE OR REPLACE TRIGGER chaos AFTER UPDATE OF state ON tasks FOR EACH ROW
      WHEN (NEW.content_id >= ${firstId} AND NEW.state IN ('queued', 'running')) EXECUTE FUNCTION chaos_note()`);
}

/** Tasks that were handed over so often, or more often. */
function handed(world: World, times: number): Promise<number> {
  return world.count(
    `SELECT count(*) AS n FROM (SELECT 1 FROM chaos_tasks WHERE state = 'queued' GROUP BY id HAVING count(*) >= $1) AS each`,
    times,
  );
}
