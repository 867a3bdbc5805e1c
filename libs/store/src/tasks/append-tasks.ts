import { defaultPriority, tasks as catalog, type AnyNewTask, type TaskRef } from '@vaultstream/contracts';
import { v7 as uuidv7 } from 'uuid';
import { toJson } from '../database/json.ts';
import type { TxClient } from '../database/tx.ts';
import { ringing } from './bell.ts';
import { closeLetters } from './close-letters.ts';

interface NewRow {
  id: string;
  name: string;
  queue: string;
  payload: unknown;
  priority: number;
  delay_ms: number;
  dedupe_key: string | null;
  content_id: number | null;
  target_id: string | null;
  request_id: string | null;
  traceparent: string | null;
  replay_id: string | null;
  is_first: boolean;
}

/**
 * Appends tasks inside the caller's transaction, in one statement. A dedupe key that is taken, in the log or earlier in the same
 * batch, answers with the live task; the transaction goes on. Open dead letters of the same work are closed: it is tried again.
 * A live task that waits for its turn in a bulk replay belongs, from then on, to whoever asks for its work now: it runs as soon as they want.
 * @param replayId The bulk replay that appends them.
 * @throws Error when a payload does not fit the catalog: a mistake of the calling code.
 */
export async function appendTasks(
  client: TxClient,
  tasks: readonly AnyNewTask[],
  replayId: string | null = null,
): Promise<TaskRef[]> {
  if (tasks.length === 0) return [];
  const rows = tasks.map((task) => toRow(task, replayId));
  const byKey = new Map<string, NewRow>();
  for (const row of rows) if (row.dedupe_key !== null && !byKey.has(row.dedupe_key)) byKey.set(row.dedupe_key, row);
  const distinct = rows.filter((row) => row.dedupe_key === null || byKey.get(row.dedupe_key) === row);

  // One time for all of them, so that the distances that a paced replay gives them hold.
  // Two transactions that append the same keys take them in the same order and so never lock each other out.
  const live = await client.$queryRaw<{ id: string; dedupe_key: string | null }[]>`
    WITH live AS (INSERT INTO tasks (id, name, queue, payload, priority, run_at, dedupe_key, content_id, target_id, request_id,
      traceparent, replay_id)
    SELECT id, name, queue, payload, priority, statement_timestamp() + make_interval(secs => delay_ms / 1000.0), dedupe_key,
      content_id, target_id, request_id, traceparent, replay_id
    FROM jsonb_to_recordset(${JSON.stringify(toJson(distinct))}::text::jsonb) AS t(id uuid, name text, queue text, payload jsonb, priority smallint,
      delay_ms float8, dedupe_key text, content_id int, target_id uuid, request_id text, traceparent text, replay_id uuid)
    ORDER BY dedupe_key, id
    ON CONFLICT (dedupe_key) DO UPDATE SET dedupe_key = EXCLUDED.dedupe_key,
      run_at = CASE WHEN tasks.replay_id IS NOT NULL AND tasks.state = 'ready' AND tasks.starts = 0
        THEN least(tasks.run_at, EXCLUDED.run_at) ELSE tasks.run_at END,
      replay_id = CASE WHEN EXCLUDED.replay_id IS NULL THEN NULL ELSE tasks.replay_id END
    RETURNING id, dedupe_key)
    SELECT id::text, dedupe_key, (${ringing}) AS rung FROM live`;
  const liveByKey = new Map(live.map((row) => [row.dedupe_key, row.id]));
  const refs = rows.map((row) => {
    const id = (row.dedupe_key === null ? undefined : liveByKey.get(row.dedupe_key)) ?? row.id;
    return { id, created: id === row.id };
  });
  await closeLetters(client, distinct.filter(mayHaveLetters(liveByKey)));
  return refs;
}

/** Tasks that are new in the log, but perhaps not for the first time. */
const mayHaveLetters =
  (liveByKey: ReadonlyMap<string | null, string>) =>
  ({ dedupe_key, id, is_first }: NewRow): boolean =>
    dedupe_key !== null && !is_first && liveByKey.get(dedupe_key) === id;

function toRow(task: AnyNewTask, replayId: string | null): NewRow {
  const definition = catalog[task.name];
  const parsed = definition.payload.safeParse(task.payload);
  if (!parsed.success)
    throw new Error(`The payload of task "${task.name}" does not fit the catalog: ${parsed.error.message}`);
  const payload = parsed.data as { content_id?: number; target_id?: string };
  return {
    id: uuidv7(),
    name: task.name,
    queue: definition.queue,
    payload,
    priority: Math.min(10, Math.max(1, task.priority ?? defaultPriority)),
    delay_ms: Math.max(0, task.delayMs ?? 0),
    dedupe_key: task.dedupeKey ?? null,
    content_id: payload.content_id ?? null,
    target_id: payload.target_id ?? null,
    request_id: task.trace.request_id,
    traceparent: task.trace.traceparent,
    replay_id: replayId,
    is_first: task.isFirst ?? false,
  };
}
