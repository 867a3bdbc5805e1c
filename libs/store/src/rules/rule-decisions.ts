import type { DecisionReason, Tx } from '@vaultstream/contracts';
import { v7 as uuid } from 'uuid';
import { openTx } from '../database/tx.ts';
import { Events } from '../events/events.ts';

/** What one rule says about one content and, when it matched, one target. */
export interface RuleDecisionFacts {
  ruleId: string;
  ruleVersion: number;
  /** Null when the rule did not match or has no targets. */
  targetId: string | null;
  matched: boolean;
  reason: DecisionReason;
}

/** Decisions that the event names; the rows have them all. */
const shownInEvent = 50;

/**
 * Replaces what the rules last said about a content. The caller holds the content's lock.
 */
export async function recordDecisions(
  tx: Tx,
  contentId: number,
  decisions: readonly RuleDecisionFacts[],
): Promise<void> {
  const client = openTx(tx);
  await client.ruleDecision.deleteMany({ where: { contentId } });
  await client.ruleDecision.createMany({ data: decisions.map((decision) => ({ id: uuid(), contentId, ...decision })) });
  if (decisions.length === 0) return;
  const shown = decisions.filter((decision) => decision.matched).slice(0, shownInEvent);
  await Events.append(tx, [
    {
      type: 'rule.decided',
      contentId,
      payload: {
        rules: new Set(decisions.map((decision) => decision.ruleId)).size,
        matched: shown.map(({ ruleId, targetId, reason }) => ({ rule_id: ruleId, target_id: targetId, reason })),
      },
    },
  ]);
}
