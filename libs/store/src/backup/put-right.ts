import type { ClientBase } from 'pg';
import { restoredReason, waitingReasons } from '../deliveries/states.ts';
import { tableRules } from './table-rules.ts';

/** What a restore changes of the rows that it brings back. */
export interface PutRightOptions {
  /** Name of the backup, for the event. */
  backup: string;
  /**
   * Nothing was sent after the backup was made: what was to be sent then is sent now. Else nobody knows what was sent meanwhile, and it
   * waits for a person.
   */
  nothingSentSince: boolean;
  /** Hashes whose bytes could not be brought back: their rows say so, and the pictures are fetched again when somebody asks for them. */
  lostBlobs: readonly string[];
}

/** What was put right, in rows. */
export interface PutRight {
  /** Tasks that were at a broker or at work. */
  tasks: number;
  /** Deliveries that are `unconfirmed` now. */
  unconfirmed: number;
  /** Contents that were on their way to their first push: their deliveries will be `unconfirmed`. */
  contentsInDoubt: number;
  damagedBlobs: number;
}

/**
 * How far behind the newest restored event the event log goes on: so many transactions may have passed between backup and loss, and cursors
 * that were handed out then must not lie in the future. 2^40 restores fit into the 63 bits of a bigint some eight million times.
 */
const xidGap = 2n ** 40n;

/**
 * Tasks get so many generations further: a broker that has outlived the database may still know the ids of wake-ups that were handed over after
 * the backup, and drops in silence what it knows already.
 */
const generationGap = 1_000;

/**
 * Puts right what meant something only in the cluster and at the moment that the rows come from. In one transaction, before any process runs
 * on the database. Works after a `pg_restore` as well; a second time does no harm.
 */
export async function putRight(client: ClientBase, options: PutRightOptions): Promise<PutRight> {
  await continueEventLog(client);
  await client.query(`UPDATE contents SET offered_xid = '0' WHERE offered_xid <> '0'`);
  await client.query(`UPDATE targets SET offer_floor = '0' WHERE offer_floor <> '0'`);
  await client.query(`UPDATE platform_states SET probe = NULL, probe_until = NULL WHERE probe IS NOT NULL`);
  for (const [table, rule] of Object.entries(tableRules))
    if (rule.rule === 'omit' && table !== '_prisma_migrations') await client.query(`DELETE FROM ${table}`);
  const unconfirmed = options.nothingSentSince ? 0 : await doubtDeliveries(client);
  const contentsInDoubt = options.nothingSentSince ? 0 : await doubtContents(client);
  const tasks = await giveTasksBack(client);
  const damagedBlobs = await markDamaged(client, options.lostBlobs);
  const done = { tasks, unconfirmed, contentsInDoubt, damagedBlobs };
  await client.query(`INSERT INTO events (type, payload) VALUES ('backup.restored', $1::jsonb)`, [
    JSON.stringify({
      name: options.backup,
      tasks,
      unconfirmed,
      contents_in_doubt: contentsInDoubt,
      damaged_blobs: damagedBlobs,
    }),
  ]);
  return done;
}

/** New events lie behind all that were ever told, whatever the transaction ids of this cluster are. */
async function continueEventLog(client: ClientBase): Promise<void> {
  const { rows } = await client.query<{ newest: string | null; current: string }>(
    `SELECT (SELECT max(xid::text::numeric)::text FROM (SELECT xid FROM events ORDER BY xid DESC LIMIT 1) AS newest) AS newest,
      pg_current_xact_id()::text AS current`,
  );
  const newest = BigInt(rows[0]?.newest ?? 0);
  const base = newest + xidGap - BigInt(rows[0]?.current ?? 0);
  // A number of our own: a function's body takes no parameters.
  await client.query(
    `CREATE OR REPLACE FUNCTION event_xid_base() RETURNS bigint LANGUAGE sql IMMUTABLE AS 'SELECT ${base > 0n ? base : 0n}::bigint'`,
  );
}

/** What was about to be sent, or being sent, may have arrived since. Its task goes: a person decides (`resolve`). */
async function doubtDeliveries(client: ClientBase): Promise<number> {
  const { rowCount } = await client.query(
    `WITH sending AS (
       SELECT payload->>'delivery_id' AS id FROM tasks WHERE name = 'delivery.send'),
     doubted AS (
       UPDATE deliveries d SET state = 'unconfirmed', reason = $1, not_before = NULL, updated_at = now()
       WHERE d.state IN ('planned', 'sending') OR (d.state = 'held' AND d.reason = ANY($2::text[]))
         OR (d.state IN ('failed', 'partial') AND d.id::text IN (SELECT id FROM sending))
       RETURNING d.id, d.content_id, d.target_id),
     parts AS (
       UPDATE delivery_parts SET state = 'unconfirmed' WHERE delivery_id IN (SELECT id FROM doubted) AND state <> 'sent'),
     ended AS (
       DELETE FROM tasks WHERE name = 'delivery.send' AND payload->>'delivery_id' IN (SELECT id::text FROM doubted))
     INSERT INTO events (type, content_id, target_id, delivery_id, payload)
     SELECT 'delivery.unconfirmed', content_id, target_id, id, jsonb_build_object('reason', $1::text) FROM doubted`,
    [restoredReason, waitingReasons],
  );
  return rowCount ?? 0;
}

/** What had not been planned yet may have been read, planned and pushed since: its next plan enters rows that wait for a person. */
async function doubtContents(client: ClientBase): Promise<number> {
  const { rowCount } = await client.query(
    `UPDATE contents c SET restored_at = now()
     WHERE c.deleted_at IS NULL AND c.merged_into IS NULL AND (c.planned_at IS NULL OR EXISTS (
       SELECT 1 FROM tasks t WHERE t.content_id = c.id AND t.name IN ('content.parse', 'media.archive', 'content.settle', 'delivery.plan')))`,
  );
  return rowCount ?? 0;
}

/** Nobody holds a task any more. A run that was cut off is no fault of the task: its start is taken back. */
async function giveTasksBack(client: ClientBase): Promise<number> {
  const { rows } = await client.query<{ held: number }>(
    `WITH before AS (SELECT count(*)::int AS held FROM tasks WHERE state <> 'ready'),
     given AS (
       UPDATE tasks SET state = 'ready', lease_until = NULL, leased_by = NULL, broker = NULL, wake_up = NULL, queued_at = NULL,
         generation = generation + ${generationGap},
         fence = fence + CASE WHEN state = 'running' THEN 1 ELSE 0 END,
         starts = greatest(0, starts - CASE WHEN state = 'running' THEN 1 ELSE 0 END))
     SELECT held FROM before`,
  );
  return rows[0]?.held ?? 0;
}

async function markDamaged(client: ClientBase, hashes: readonly string[]): Promise<number> {
  const { rowCount } = await client.query(
    `UPDATE blobs SET state = 'damaged' WHERE sha256 = ANY($1::text[]) AND state IN ('live', 'condemned')`,
    [hashes],
  );
  return rowCount ?? 0;
}
