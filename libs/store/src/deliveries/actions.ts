import { Conflict, NotFound, type Tx } from '@vaultstream/contracts';
import { toJson } from '../database/json.ts';
import { openTx } from '../database/tx.ts';
import { Prisma } from '../generated/client.ts';
import type { DeliveryRecord } from './delivery-record.ts';
import { dropParts } from './forget-parts.ts';
import { judgeDelivery } from './judge.ts';
import { blockByRule } from './recheck.ts';
import { endSendTasks } from './send-task.ts';
import { heldReasons, legalStates, ownerGone, type DeliveryAction } from './states.ts';
import { lockDelivery, move } from './transition.ts';

const ownersGone: readonly (string | null)[] = Object.values(ownerGone);

/**
 * What a person may do with a row of the ledger. Each throws NotFound for an unknown row and Conflict, naming the state, where it
 * makes no sense. A row that they leave as `planned` needs a new `delivery.send` task: the caller appends it in the same
 * transaction.
 */

/** Lets a held row go. One that the rules do not want to be sent any more is answered as `blocked`. */
export async function approveDelivery(tx: Tx, id: string): Promise<DeliveryRecord> {
  const row = await open(tx, id, 'approve');
  if (row.reason !== heldReasons.approval)
    throw new Conflict(`This delivery is held by ${row.reason}, not for approval.`);
  await requireLiving(tx, row);
  const verdict = await judgeDelivery(tx, row);
  if (verdict.outcome === 'block') await blockByRule(tx, row, verdict);
  else {
    const columns = { approvedAt: new Date(), ruleId: verdict.ruleId };
    await move(tx, row, { state: 'planned', columns, payload: { approved: true } });
  }
  return reload(tx, id);
}

/** Gives up what has not been sent. */
export async function cancelDelivery(tx: Tx, id: string): Promise<DeliveryRecord> {
  const row = await open(tx, id, 'cancel');
  const sent = await openTx(tx).deliveryPart.count({ where: { deliveryId: id, state: 'sent' } });
  await move(tx, row, { state: sent > 0 ? 'partial' : 'cancelled', reason: 'cancelled' });
  return reload(tx, id);
}

/**
 * Sends what has not been sent, now, with all its tries anew. Messages keep their bytes and their ids; those of a row that went with its
 * content or target are written anew. Asking for it counts as approval. Refused while no rule wants the row to be sent.
 */
export async function retryDelivery(tx: Tx, id: string): Promise<DeliveryRecord> {
  const row = await open(tx, id, 'retry');
  await requireLiving(tx, row);
  if (row.state === 'cancelled' && ownersGone.includes(row.reason)) await dropParts(tx, [id]);
  const verdict = await judgeDelivery(tx, row);
  if (verdict.outcome === 'block') throw new Conflict(blockedDetail(verdict.reason));
  const approved = verdict.outcome === 'hold' ? { approvedAt: new Date() } : {};
  await move(tx, row, {
    state: 'planned',
    event: 'delivery.requeued',
    columns: { ruleId: verdict.ruleId, ...approved },
  });
  return reload(tx, id);
}

/** What a caller hears who wants a row to be sent that the rules have blocked. */
export function blockedDetail(reason: string): string {
  return `No rule wants this delivery to be sent as things are (${reason}). POST /deliveries sends it without a rule.`;
}

/** Says what has become of a message whose outcome nobody knew. Further messages of the row are sent then. */
export async function resolveDelivery(tx: Tx, id: string, as: 'sent' | 'not_sent'): Promise<DeliveryRecord> {
  const client = openTx(tx);
  const row = await open(tx, id, 'resolve');
  const sentAt = new Date();
  await client.deliveryPart.updateMany({
    where: { deliveryId: id, state: 'unconfirmed' },
    data:
      as === 'sent'
        ? { state: 'sent', sentAt, payload: Prisma.DbNull, receipt: toJson({ resolved: true }) }
        : { state: 'planned' },
  });
  const left = await client.deliveryPart.count({ where: { deliveryId: id, state: { not: 'sent' } } });
  const payload = { resolved: as };
  // A row that was never planned in messages, and came unconfirmed out of a backup, has none left either way.
  if (left === 0 && as === 'sent') await move(tx, row, { state: 'sent', columns: { sentAt }, payload });
  else await move(tx, row, { state: 'planned', event: 'delivery.requeued', payload });
  return reload(tx, id);
}

async function open(tx: Tx, id: string, action: DeliveryAction): Promise<DeliveryRecord> {
  const row = await lockDelivery(tx, id);
  if (!row) throw new NotFound('There is no such delivery.');
  const legal: readonly string[] = legalStates[action];
  if (!legal.includes(row.state)) throw new Conflict(`Cannot ${action} a delivery that is ${row.state}.`);
  // A task of its own may still wait for its next try, or be about to end: the caller's new one must not meet it.
  await endSendTasks(tx, [id]);
  return row;
}

/** @throws Conflict when the row could not be sent anyway. */
async function requireLiving(tx: Tx, row: DeliveryRecord): Promise<void> {
  const client = openTx(tx);
  const content = await client.content.findUniqueOrThrow({ where: { id: row.contentId } });
  if (content.deletedAt !== null || content.mergedInto !== null) throw new Conflict('The content is deleted.');
  const target = await client.target.findUniqueOrThrow({ where: { id: row.targetId } });
  if (target.deletedAt !== null) throw new Conflict('The target is deleted.');
  if (!target.enabled) throw new Conflict('The target is disabled.');
}

async function reload(tx: Tx, id: string): Promise<DeliveryRecord> {
  return (await openTx(tx).delivery.findUniqueOrThrow({ where: { id } })) as DeliveryRecord;
}
