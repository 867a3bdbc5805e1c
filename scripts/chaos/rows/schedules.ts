import { setTimeout as sleep } from 'node:timers/promises';
import type { Row } from '../row.ts';

const seconds = { ci: 30, full: 600 };
const name = 'chaos.tick';

/** J31: a schedule of one second, three schedulers, one of which dies and comes back. Triggers note each tick, and each task that one appends. */
export const j31: Row = {
  id: 'J31',
  title: `three schedulers, one killed meanwhile, a schedule of 1 s for ${seconds.full} s (${seconds.ci} s in short): each tick once`,
  inCi: false,
  async run(stage, { full }) {
    const world = await stage.world('Redis and S3');
    const { sql, cluster } = world;
    await cluster.add('scheduler');
    await sql.query(`
      CREATE TABLE IF NOT EXISTS chaos_ticks (what text, tx xid8 DEFAULT pg_current_xact_id());
      CREATE OR REPLACE FUNCTION chaos_tick() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN INSERT INTO chaos_ticks VALUES (TG_TABLE_NAME); RETURN NULL; END $$;
      CREATE OR REPLACE TRIGGER chaos_tick AFTER UPDATE OF next_run_at ON schedules FOR EACH ROW
        WHEN (OLD.name = '${name}') EXECUTE FUNCTION chaos_tick();
      CREATE OR REPLACE TRIGGER chaos_tick AFTER INSERT ON tasks FOR EACH ROW
        WHEN (NEW.dedupe_key = 'schedule.${name}') EXECUTE FUNCTION chaos_tick();
      INSERT INTO schedules (name, task, payload, every_s) VALUES ('${name}', 'feed.poll', '{}', 1)`);
    const began = performance.now();
    const lasts = full ? seconds.full : seconds.ci;
    await sleep((lasts / 2) * 1_000);
    await cluster.member('scheduler-1').restart({ kill: true });
    await sleep((lasts / 2) * 1_000);
    await sql.query(`DELETE FROM schedules WHERE name = '${name}'`);
    const elapsed = Math.ceil((performance.now() - began) / 1_000);
    const of = (table: string) => world.count('SELECT count(*) AS n FROM chaos_ticks WHERE what = $1', table);
    const [ticks, appended] = [await of('schedules'), await of('tasks')];
    const alone = await world.count(
      `SELECT count(*) AS n FROM chaos_ticks t WHERE what = 'tasks'
         AND NOT EXISTS (SELECT 1 FROM chaos_ticks s WHERE s.what = 'schedules' AND s.tx = t.tx)`,
    );
    await sql.query('DROP TRIGGER chaos_tick ON schedules; DROP TRIGGER chaos_tick ON tasks');
    const broken = [];
    // A tick that is late counts for those that it has missed, and one whose task still lives appends none.
    if (ticks < lasts * 0.7) broken.push(`only ${ticks} ticks in ${elapsed} s`);
    if (appended < ticks * 0.7) broken.push(`only ${appended} tasks of ${ticks} ticks`);
    const twice = Math.max(0, ticks - elapsed - 1) + Math.max(0, appended - ticks) + alone;
    const counts = { acknowledged: ticks, done: ticks, lost: 0, twice, stuck: 0 };
    return { ...counts, kills: 1, broken, notes: [`${ticks} ticks in ${elapsed} s appended ${appended} tasks`] };
  },
};
