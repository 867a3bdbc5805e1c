import type { AnyNewTask, TaskLog, Tx } from '@vaultstream/contracts';
import { currentTrace } from '@vaultstream/runtime';
import { openTx } from '../database/tx.ts';
import { Events } from '../events/events.ts';
import { Prisma, type PrismaClient } from '../generated/client.ts';
import { parseKey } from './parse-task.ts';

/** Contents that an older parser than `belowVersion` has read. */
export interface ReparseFilter {
  platform: string;
  belowVersion: number;
}

/** How a batch is spread over time: milliseconds until its first task, and between two. */
export interface Pace {
  delayMs: number;
  stepMs: number;
}

/** What one batch came to. */
export interface ReparseBatch {
  taken: number;
  queued: number;
  /** The next batch begins behind it. */
  lastId: number;
}

/** The lowest priority: what people share goes first. */
const reparsePriority = 10;

/**
 * Appends a re-parse for each of the oldest contents that fit and have no parse under way. They stay PULLED until their turn comes, and
 * are what they were when it fails.
 */
export async function reparseBatch(
  tx: Tx,
  log: TaskLog,
  filter: ReparseFilter,
  { size, behindId, delayMs, stepMs }: Pace & { size: number; behindId: number },
): Promise<ReparseBatch> {
  const rows = await openTx(tx).$queryRaw<{ id: number; version: number }[]>`
    SELECT c.id, c.parser_version AS version FROM contents c
    WHERE ${isOutdated(filter)} AND c.id > ${behindId}::int AND NOT EXISTS (SELECT 1 FROM tasks t WHERE t.dedupe_key = 'content.parse:' || c.id)
    ORDER BY c.id LIMIT ${size}::int`;
  const tasks = rows.map(({ id }, index): AnyNewTask => {
    const payload = { content_id: id, below_version: filter.belowVersion };
    const when = { delayMs: delayMs + index * stepMs, priority: reparsePriority };
    return { name: 'content.parse', payload, dedupeKey: parseKey(id), ...when, trace: currentTrace() };
  });
  const refs = await log.append(tx, tasks);
  const queued = rows.filter((_, index) => refs[index]?.created === true);
  await Events.append(
    tx,
    queued.map(({ id, version }) => ({
      type: 'content.requeued',
      contentId: id,
      payload: { reason: 'reparse', from: 'PULLED', parser_version: version, below_version: filter.belowVersion },
    })),
  );
  return { taken: rows.length, queued: queued.length, lastId: rows.at(-1)?.id ?? behindId };
}

/** How many fit, how many of these have a parse under way, and in how many milliseconds the last of the queued re-parses runs. */
export async function countOutdated(
  client: PrismaClient,
  filter: ReparseFilter,
): Promise<{ matched: number; waiting: number; lastInMs: number }> {
  const [row] = await client.$queryRaw<{ matched: number; waiting: number; lastInMs: number }[]>`
    SELECT count(*)::int AS matched, count(t.id)::int AS waiting,
      coalesce(1000 * greatest(0, extract(epoch FROM max(t.run_at) FILTER (WHERE t.payload ? 'below_version' AND t.starts = 0) - clock_timestamp())), 0)::float8 AS "lastInMs"
    FROM contents c LEFT JOIN tasks t ON t.dedupe_key = 'content.parse:' || c.id
    WHERE ${isOutdated(filter)}`;
  return row ?? { matched: 0, waiting: 0, lastInMs: 0 };
}

const isOutdated = ({ platform, belowVersion }: ReparseFilter) =>
  Prisma.sql`c.platform = ${platform} AND c.status = 'PULLED' AND c.parser_version < ${belowVersion}::int
    AND c.deleted_at IS NULL AND c.merged_into IS NULL`;
