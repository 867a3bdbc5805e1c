import type { DeliveryState } from '@vaultstream/contracts';
import type { Database } from '../database/database.ts';

/** Targets that metrics name; what is beyond them is added up, so that the series do not grow with the targets. */
const namedTargets = 50;
/** What those beyond are called together. */
const otherTargets = 'other';

/** What waits for a target. */
export interface Backlog {
  /** The target's key, or `other`. */
  target: string;
  waiting: number;
  /** Age of the oldest: seconds. */
  oldestSeconds: number;
}

/** The targets with the longest queues, and the rest together as `other`. */
export function readBacklog(db: Database): Promise<Backlog[]> {
  return db.reading(
    (client) => client.$queryRaw<Backlog[]>`
      WITH waiting AS (
        SELECT target_id, count(*) AS waiting, min(created_at) AS oldest, row_number() OVER (ORDER BY count(*) DESC, target_id) AS place
        FROM deliveries WHERE state IN ('planned', 'held', 'sending') GROUP BY target_id)
      SELECT CASE WHEN place <= ${namedTargets}::int THEN t.key ELSE ${otherTargets} END AS target, sum(waiting)::int AS waiting,
        greatest(0, extract(epoch FROM now() - min(oldest)))::float8 AS "oldestSeconds"
      FROM waiting w JOIN targets t ON t.id = w.target_id GROUP BY 1`,
  );
}

/** Deliveries of the last 24 hours by target and state: the busiest targets, and the rest together as `other`. */
export function readLastDay(db: Database): Promise<{ target: string; state: DeliveryState; count: number }[]> {
  return db.reading(
    (client) => client.$queryRaw<{ target: string; state: DeliveryState; count: number }[]>`
      WITH made AS (SELECT target_id, state, count(*) AS count FROM deliveries WHERE created_at > now() - interval '1 day' GROUP BY 1, 2),
        busiest AS (SELECT target_id FROM made GROUP BY 1 ORDER BY sum(count) DESC, target_id LIMIT ${namedTargets}::int)
      SELECT CASE WHEN b.target_id IS NULL THEN ${otherTargets} ELSE t.key END AS target, m.state, sum(m.count)::int AS count
      FROM made m JOIN targets t ON t.id = m.target_id LEFT JOIN busiest b ON b.target_id = m.target_id GROUP BY 1, 2`,
  );
}
