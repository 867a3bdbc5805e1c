import { setTimeout as sleep } from 'node:timers/promises';
import type { Row } from '../row.ts';

const seconds = { ci: 30, full: 600 };
const name = 'chaos.tick';

/** J31: a schedule of one second, three schedulers, one of which dies and comes back. A trigger notes the time of each tick's task. */
export const j31: Row = {
  id: 'J31',
  title: `three schedulers, one killed meanwhile, a schedule of 1 s for ${seconds.full} s (${seconds.ci} s in short): each tick once`,
  inCi: false,
  async run(stage, { full }) {
    const world = await stage.world('Redis and S3');
    const { sql, cluster } = world;
    await cluster.add('scheduler');
    await sql.query(`
      CREATE TABLE IF NOT EXISTS chaos_ticks (due timestamptz);
      CREATE OR REPLACE FUNCTION chaos_tick() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN INSERT INTO chaos_ticks VALUES (OLD.next_run_at); RETURN NULL; END $$;
      CREATE OR REPLACE TRIGGER chaos_tick AFTER UPDATE OF next_run_at ON schedules FOR EACH ROW
        WHEN (OLD.name = '${name}') EXECUTE FUNCTION chaos_tick();
      INSERT INTO schedules (name, task, payload, every_s) VALUES ('${name}', 'feed.poll', '{}', 1)`);
    const lasts = full ? seconds.full : seconds.ci;
    await sleep((lasts / 2) * 1_000);
    await cluster.member('scheduler-1').restart({ kill: true });
    await sleep((lasts / 2) * 1_000);
    await sql.query(`DELETE FROM schedules WHERE name = '${name}'`);
    const ticks = await world.count('SELECT count(*) AS n FROM chaos_ticks');
    const once = await world.count(`SELECT count(DISTINCT date_trunc('second', due)) AS n FROM chaos_ticks`);
    await sql.query('DROP TRIGGER chaos_tick ON schedules');
    // A tick that is late counts for those that it has missed.
    const broken = once < lasts * 0.7 ? [`only ${once} ticks in ${lasts} s`] : [];
    const counts = { acknowledged: once, done: once, lost: 0, twice: ticks - once, stuck: 0 };
    return { ...counts, kills: 1, broken, notes: [] };
  },
};
