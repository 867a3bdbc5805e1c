import { TaskLog, type AnyNewTask, type TaskRef, type Tx } from '@vaultstream/contracts';
import { openTx } from '../database/tx.ts';
import { appendTasks } from './append-tasks.ts';

/** The task log in Postgres. */
export class PostgresTaskLog extends TaskLog {
  /** @throws Error when a payload does not fit the catalog. */
  override append(tx: Tx, tasks: AnyNewTask[]): Promise<TaskRef[]> {
    return appendTasks(openTx(tx), tasks);
  }

  override cancelForContent(tx: Tx, contentId: number): Promise<number> {
    return openTx(tx).$executeRaw`
      DELETE FROM tasks WHERE id IN (SELECT id FROM tasks WHERE content_id = ${contentId}::int ORDER BY dedupe_key, id FOR UPDATE)`;
  }
}
