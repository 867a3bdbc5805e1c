import type { DeliveryState, Tx } from '@vaultstream/contracts';
import { openTx } from '../database/tx.ts';
import { dropUnbegun } from '../deliveries/forget-parts.ts';
import { endSendTasks } from '../deliveries/send-task.ts';

/** What has come furthest stands first: what may have reached somebody must never be forgotten, or it is sent again. */
const furthestFirst: readonly DeliveryState[] = [
  'sent',
  'deleted',
  'partial',
  'unconfirmed',
  'sending',
  'planned',
  'held',
  'blocked',
  'failed',
  'cancelled',
];

interface LedgerRow {
  id: string;
  contentId: number;
  targetId: string;
  state: DeliveryState;
}

/**
 * Moves the ledger of one locked content to another. Of two rows for one target the further one stays, the survivor's on a tie. What was
 * to be sent of the loser, and has not begun, is written anew: it is the survivor now that is sent.
 * Answers the ids that moved and those that went.
 */
export async function mergeLedgers(
  tx: Tx,
  loser: number,
  survivor: number,
): Promise<{ moved: string[]; dropped: string[] }> {
  const client = openTx(tx);
  const rows = await client.$queryRaw<LedgerRow[]>`
    SELECT id, content_id AS "contentId", target_id AS "targetId", state FROM deliveries
    WHERE content_id IN (${loser}, ${survivor}) ORDER BY id FOR UPDATE`;
  const dropped = rows.filter((row) => rows.some((other) => isBeaten(row, other, survivor))).map((row) => row.id);
  const moved = rows.filter((row) => row.contentId === loser && !dropped.includes(row.id)).map((row) => row.id);
  if (dropped.length > 0) {
    await endSendTasks(tx, dropped);
    await client.$executeRaw`DELETE FROM deliveries WHERE id = ANY (${dropped}::uuid[])`;
  }
  if (moved.length > 0) {
    await client.$executeRaw`
      UPDATE deliveries SET content_id = ${survivor}, updated_at = now() WHERE id = ANY (${moved}::uuid[])`;
    await dropUnbegun(tx, moved);
  }
  return { moved, dropped };
}

function isBeaten(row: LedgerRow, other: LedgerRow, survivor: number): boolean {
  if (other.id === row.id || other.targetId !== row.targetId) return false;
  const lead = furthestFirst.indexOf(other.state) - furthestFirst.indexOf(row.state);
  return lead < 0 || (lead === 0 && other.contentId === survivor);
}
