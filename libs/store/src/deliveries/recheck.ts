import type { Tx } from '@vaultstream/contracts';
import { openTx } from '../database/tx.ts';
import type { DeliveryRecord } from './delivery-record.ts';
import { dropParts } from './forget-parts.ts';
import { judgeDelivery, type RowVerdict } from './judge.ts';
import { heldReasons, isRuleBlock, sendableStates } from './states.ts';
import { lockDelivery, move } from './transition.ts';

/**
 * Looks once more whether the rules still want a row sent: call it in the transaction that claims its first message. A row that they do not
 * want becomes `blocked`, one whose rule asks for approval by now `held`; its messages are written anew should it go later.
 * @returns Whether it may go.
 */
export async function recheckDelivery(tx: Tx, id: string): Promise<boolean> {
  const row = await lockDelivery(tx, id);
  if (!row || !sendableStates.includes(row.state)) return false;
  const verdict = await judgeDelivery(tx, row);
  if (verdict.outcome === 'block') await blockByRule(tx, row, verdict);
  if (verdict.outcome === 'hold') {
    await dropParts(tx, [row.id]);
    await move(tx, row, { state: 'held', reason: heldReasons.approval, payload: { rule_id: verdict.ruleId } });
  }
  if (verdict.outcome !== 'go') return false;
  if (verdict.ruleId !== row.ruleId)
    await openTx(tx).delivery.update({ where: { id }, data: { ruleId: verdict.ruleId } });
  return true;
}

/** No rule wants a locked row, of which nothing has left, to be sent as things are. */
export async function blockByRule(
  tx: Tx,
  row: DeliveryRecord,
  { reason, verdict }: Extract<RowVerdict, { outcome: 'block' }>,
): Promise<void> {
  await dropParts(tx, [row.id]);
  await move(tx, row, { state: 'blocked', reason, payload: { rule_id: row.ruleId, verdict } });
}

/**
 * A person pushes what the rules have blocked: the row goes on without a rule. Null when there is no such row, or something else holds it.
 */
export async function overrideRules(tx: Tx, contentId: number, targetId: string): Promise<DeliveryRecord | null> {
  const client = openTx(tx);
  const found = await client.delivery.findUnique({
    where: { contentId_targetId: { contentId, targetId } },
    select: { id: true },
  });
  const row = found && (await lockDelivery(tx, found.id));
  if (row?.state !== 'blocked' || !isRuleBlock(row.reason)) return null;
  await dropParts(tx, [row.id]);
  await move(tx, row, { state: 'planned', columns: { ruleId: null }, payload: { rule_id: null } });
  return lockDelivery(tx, row.id);
}
