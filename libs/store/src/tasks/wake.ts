import type { Tx } from '@vaultstream/contracts';
import { openTx } from '../database/tx.ts';
import { ringBell } from './bell.ts';

/**
 * Makes the tasks under these dedupe keys that wait for their time due now. One that is at a broker or runs is left as it is, and
 * so is one that another transaction holds: it is about to run, or has just been told when to.
 */
export async function wakeTasks(tx: Tx, dedupeKeys: readonly string[]): Promise<void> {
  const client = openTx(tx);
  const woken = await client.$executeRaw`
    UPDATE tasks SET run_at = clock_timestamp()
    WHERE id IN (SELECT id FROM tasks
                 WHERE dedupe_key = ANY (${[...dedupeKeys]}::text[]) AND state = 'ready' AND run_at > clock_timestamp()
                 FOR UPDATE SKIP LOCKED)`;
  if (woken > 0) await ringBell(client);
}
