import { setTimeout as sleep } from 'node:timers/promises';
import type { Batch } from './batch.ts';
import type { Tally } from './row.ts';
import { type World, telegramTag } from './world.ts';

/** Fields of a tally that are counted by looking. */
export type Verdict = Pick<Tally, 'acknowledged' | 'done' | 'lost' | 'twice' | 'stuck' | 'notes'>;

/** Read, its pictures kept. */
const final = `status = 'PULLED' AND archive_status IN ('none', 'ready')`;

/** A task that nobody works on, and that waits for no time to come. */
const stuckTasks = `
  SELECT count(*) AS n FROM tasks WHERE NOT (state = 'running' AND lease_until > clock_timestamp())
    AND NOT (state = 'ready' AND run_at > clock_timestamp()) AND queue <> 'upkeep'`;

/** Work that is not put off for long. */
const openTasks = `
  SELECT count(*) AS n FROM tasks
  WHERE queue <> 'upkeep' AND (state <> 'ready' OR run_at < clock_timestamp() + interval '5 minutes')`;

/** What happened more than once, each with what it counts: `ids` of contents in, a number out. */
const doubles = {
  'read twice': `SELECT coalesce(sum(times - 1), 0) AS n FROM (
    SELECT count(*) AS times FROM events WHERE type = 'content.pulled' AND content_id = ANY($1) GROUP BY content_id) AS each`,
  'sent twice by the ledger': `SELECT coalesce(sum(times - 1), 0) AS n FROM (
    SELECT count(*) AS times FROM events WHERE type = 'delivery.sent' AND content_id = ANY($1) GROUP BY content_id) AS each`,
  'two rows of the ledger': `SELECT coalesce(sum(times - 1), 0) AS n FROM (
    SELECT count(*) AS times FROM deliveries WHERE content_id = ANY($1) GROUP BY content_id) AS each`,
  'a picture stored twice': `SELECT coalesce(sum(times - 1), 0) AS n FROM (
    SELECT count(DISTINCT blob_sha256) AS times FROM media
    WHERE content_id = ANY($1) AND original_sha256 IS NOT NULL GROUP BY original_sha256) AS each`,
  'two rows of one picture': `SELECT coalesce(sum(times - 1), 0) AS n FROM (
    SELECT count(*) AS times FROM media WHERE content_id = ANY($1) GROUP BY content_id, origin_url) AS each`,
} as const;

/** Counts what has become of a batch, as it is now. */
export async function look(batch: Batch): Promise<Verdict> {
  const { world, ids } = batch;
  const ready = await world.sql.query<{ id: number; tags: string[] }>(
    `SELECT id, tags FROM contents WHERE id = ANY($1) AND ${final}`,
    [ids],
  );
  const told = await toldContents(world, ids);
  const done = ready.rows.length;
  const pushed = ready.rows.filter(({ id, tags }) => told[tags.includes(telegramTag) ? 'chat' : 'hook'].has(id)).length;
  const notes: string[] = [];
  let twice = 0;
  const counted = await Promise.all(
    Object.entries(doubles).map(async ([what, text]) => [what, await world.count(text, ids)] as const),
  );
  for (const [what, times] of [...counted, ['pushed under two ids', hooksTwice(world, ids)] as const]) {
    twice += times;
    if (times > 0) notes.push(`${what}: ${times}`);
  }
  return {
    acknowledged: ids.length,
    done,
    lost: ids.length - pushed,
    twice,
    stuck: await world.count(stuckTasks),
    notes,
  };
}

/** Looks until everything has settled or the time is up, and answers what it saw last. The database may be away meanwhile. */
export async function settle(batch: Batch, timeoutMs = 120_000): Promise<Verdict> {
  for (const end = Date.now() + timeoutMs; ; await sleep(500)) {
    try {
      const open = await batch.world.count(openTasks);
      const verdict = await look(batch);
      if ((open === 0 && verdict.lost === 0) || Date.now() > end) return verdict;
    } catch (error) {
      if (Date.now() > end) throw error;
    }
  }
}

/** Contents whose push arrived, or of which it is known that nobody knows (`unconfirmed`: only where the service cannot tell). */
async function toldContents(world: World, ids: readonly number[]): Promise<{ hook: Set<number>; chat: Set<number> }> {
  const { rows } = await world.sql.query<{ id: number }>(
    `SELECT content_id AS id FROM deliveries WHERE content_id = ANY($1) AND state IN ('sent', 'unconfirmed')`,
    [ids],
  );
  const { hooks } = world.ground.outside;
  return { hook: new Set(ids.filter((id) => hooks.has(id))), chat: new Set(rows.map(({ id }) => id)) };
}

function hooksTwice(world: World, ids: readonly number[]): number {
  const { hooks } = world.ground.outside;
  return ids.reduce((sum, id) => sum + Math.max(0, (hooks.get(id)?.size ?? 0) - 1), 0);
}
