import { NotFound, type Tx } from '@vaultstream/contracts';
import { ringBell } from '../bell.ts';
import { openTx, type TxClient } from '../../database/tx.ts';
import { Events } from '../../events/events.ts';
import { appendTasks } from '../append-tasks.ts';
import { taskOf } from './letter-task.ts';

/** The answer to a replay: `created` is false when it had been replayed already, or when the same work lives in the log. */
export interface Replay {
  taskId: string;
  created: boolean;
}

/**
 * Appends the task anew, once. One that was replayed already only gets its turn now, should its task still wait in a bulk replay.
 * @param by Name of the token.
 * @throws NotFound, or Conflict when this release does not know the task or its payload.
 */
export async function replayLetter(tx: Tx, id: string, by: string | null): Promise<Replay> {
  const client = openTx(tx);
  await client.$queryRaw`SELECT 1 AS locked FROM dead_letters WHERE id = ${id}::uuid FOR UPDATE`;
  const row = await client.deadLetter.findUnique({ where: { id } });
  if (row === null) throw new NotFound('there is no such dead letter');
  if (row.replayedTaskId !== null) {
    await bringForward(client, row.replayedTaskId);
    return { taskId: row.replayedTaskId, created: false };
  }
  const [ref] = await appendTasks(client, [taskOf(row, 0)]);
  if (ref === undefined) throw new Error('a task was appended and not answered');
  await client.$executeRaw`
    UPDATE dead_letters SET replayed_at = clock_timestamp(), replayed_task_id = ${ref.id}::uuid, closed_by = ${by} WHERE id = ${id}::uuid`;
  await Events.append(tx, [
    {
      type: 'task.replayed',
      contentId: row.contentId,
      targetId: row.targetId,
      payload: { task: row.name, dead_letter_id: id, task_id: ref.id, by },
    },
  ]);
  return { taskId: ref.id, created: ref.created };
}

async function bringForward(client: TxClient, taskId: string): Promise<void> {
  const moved = await client.$executeRaw`
    UPDATE tasks SET run_at = least(run_at, clock_timestamp()), replay_id = NULL
    WHERE id = ${taskId}::uuid AND replay_id IS NOT NULL AND state = 'ready' AND starts = 0`;
  if (moved > 0) await ringBell(client);
}
