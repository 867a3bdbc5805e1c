import type { Tx } from '@vaultstream/contracts';
import { openTx } from '../database/tx.ts';

/**
 * Puts a task that is not running off until `delayMs` from now. One that lies at a broker is taken back: its wake-up is void, because
 * it is handed over again under the next generation.
 */
export async function postponeTask(tx: Tx, taskId: string, delayMs: number): Promise<void> {
  await openTx(tx).$executeRaw`
    UPDATE tasks SET state = 'ready', broker = NULL, queued_at = NULL,
      run_at = greatest(run_at, clock_timestamp() + make_interval(secs => ${delayMs}::float8 / 1000))
    WHERE id = ${taskId}::uuid AND state IN ('ready', 'queued')`;
}
