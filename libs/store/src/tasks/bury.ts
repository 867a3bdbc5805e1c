import type { Burial, Lease, Tx } from '@vaultstream/contracts';
import { v7 as uuidv7 } from 'uuid';
import { toJson } from '../database/json.ts';
import { openTx } from '../database/tx.ts';
import { Events } from '../events/events.ts';
import { expectHeld } from './runs.ts';

interface BuriedRow {
  name: string;
  content_id: number | null;
  target_id: string | null;
}

/** Moves a task to the dead-letter list, with its event. @throws FenceLost */
export async function bury(tx: Tx, lease: Lease, burial: Burial): Promise<void> {
  const id = uuidv7();
  const message = toText(burial.message);
  const detail = toJson({ message, stack: burial.stack, attempts: burial.attempts });
  const rows = await openTx(tx).$queryRaw<BuriedRow[]>`
    WITH dead AS (
      DELETE FROM tasks WHERE id = ${lease.taskId}::uuid AND fence = ${lease.fence}::int AND state = 'running' RETURNING *)
    INSERT INTO dead_letters (id, task_id, name, queue, payload, priority, dedupe_key, content_id, target_id, reason, error_type, error,
      detail, attempts, fingerprint, request_id, traceparent)
    SELECT ${id}::uuid, id, name, queue, payload, priority, dedupe_key, content_id, target_id, ${burial.reason}, ${burial.errorType},
      ${message}, ${detail}::jsonb, ${burial.attempts.length}::int, ${burial.fingerprint}, request_id, traceparent
    FROM dead RETURNING name, content_id, target_id::text`;
  expectHeld(rows.length);
  await Events.append(
    tx,
    rows.map((row) => ({
      type: 'task.dead',
      contentId: row.content_id,
      targetId: row.target_id,
      payload: {
        task: row.name,
        task_id: lease.taskId,
        dead_letter_id: id,
        reason: burial.reason,
        error_type: burial.errorType,
      },
    })),
  );
}

/** A text column holds neither NUL nor half a surrogate pair. */
function toText(value: string): string {
  return value.replaceAll('\u0000', '').toWellFormed();
}
