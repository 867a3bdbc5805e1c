import type { DecisionReason, NsfwPolicy, RuleBlockReason, RuleMatch, Tx } from '@vaultstream/contracts';
import { openTx } from '../database/tx.ts';
import { matchRule, targetsFor } from '../rules/match-rule.ts';
import type { RuleFacts } from '../rules/rule-facts.ts';
import type { RuleRecord } from '../rules/rule-record.ts';
import type { DeliveryRecord } from './delivery-record.ts';
import { begunPartStates } from './states.ts';

/** What today's rules say about a row that a rule has entered. `hold`: the rule wants approval, and nobody has given it. */
export type RowVerdict =
  | { outcome: 'go' | 'hold'; ruleId: string | null }
  /** `verdict` is what its rule says about the content, where that is the reason. */
  | { outcome: 'block'; reason: RuleBlockReason; verdict: DecisionReason | null };

/** A rule as judging needs it; of its targets, at least the one in question. */
export type JudgingRule = Pick<
  RuleRecord,
  'id' | 'enabled' | 'match' | 'nsfwPolicy' | 'approval' | 'targets' | 'nsfwTargets'
> & { deleted: boolean };

type JudgedRow = Pick<DeliveryRecord, 'ruleId' | 'targetId' | 'approvedAt'>;

/**
 * Judges a row anew. Pure. What a person has asked for (no rule) goes. The row's own rule decides; where that does not want it any more,
 * the first other rule that sends the content to this target does.
 * @param rules The row's own rule if it still exists, and all enabled ones, in the order in which they decide.
 */
export function judgeRow(row: JudgedRow, rules: readonly JudgingRule[], content: RuleFacts): RowVerdict {
  if (row.ruleId === null) return { outcome: 'go', ruleId: null };
  const own = rules.find(({ id }) => id === row.ruleId);
  const wants = (rule: JudgingRule) => refusalOf(rule, row.targetId, content) === null;
  const rule = own && wants(own) ? own : rules.find((other) => other.id !== row.ruleId && wants(other));
  if (rule) {
    const waits = rule.approval === 'required' && row.approvedAt === null;
    return { outcome: waits ? 'hold' : 'go', ruleId: rule.id };
  }
  const refusal = own && refusalOf(own, row.targetId, content);
  return { outcome: 'block', ...(refusal ?? { reason: 'rule_deleted', verdict: null }) };
}

/** Why a rule does not send a content to a target; null when it does. */
function refusalOf(
  rule: JudgingRule,
  targetId: string,
  content: RuleFacts,
): { reason: RuleBlockReason; verdict: DecisionReason | null } | null {
  if (rule.deleted) return { reason: 'rule_deleted', verdict: null };
  if (!rule.enabled) return { reason: 'rule_disabled', verdict: null };
  const has = (targets: JudgingRule['targets']) => targets.some(({ id }) => id === targetId);
  if (!has(rule.targets) && !has(rule.nsfwTargets)) return { reason: 'target_not_in_rule', verdict: null };
  const { matched, reason: verdict } = matchRule(rule, content);
  if (verdict === 'nsfw_blocked' || verdict === 'nsfw_separate_unconfigured_blocked')
    return { reason: 'nsfw_blocked', verdict };
  if (!matched) return { reason: 'rule_no_longer_matches', verdict };
  if (has(targetsFor(rule, content))) return null;
  return { reason: content.isNsfw ? 'nsfw_blocked' : 'rule_no_longer_matches', verdict: null };
}

interface JudgedFacts extends RuleFacts {
  begun: boolean;
  ruleId: string | null;
  enabled: boolean;
  deleted: boolean;
  match: RuleMatch;
  nsfwPolicy: NsfwPolicy;
  approval: 'auto' | 'required';
  /** Of the rule's link to the target; null when there is none. */
  isNsfwTarget: boolean | null;
}

/**
 * Judges a locked row by what its content and the rules are now: one query. A row of which something has left, or may have, goes on: half
 * an album is worse than a whole one.
 */
export async function judgeDelivery(tx: Tx, row: DeliveryRecord): Promise<RowVerdict> {
  if (row.ruleId === null) return { outcome: 'go', ruleId: null };
  // The text may be long: it comes along only where a rule looks at it.
  const facts = await openTx(tx).$queryRaw<JudgedFacts[]>`
    SELECT c.platform, c.content_type AS "contentType", c.title, c.description, c.author_id AS "authorId", c.author_name AS "authorName",
      c.tags, c.is_nsfw AS "isNsfw", CASE WHEN r.match ? 'query' THEN c.body_text END AS "bodyText",
      EXISTS (SELECT 1 FROM delivery_parts p WHERE p.delivery_id = ${row.id}::uuid AND p.state = ANY (${[...begunPartStates]}::text[])) AS begun,
      r.id::text AS "ruleId", r.enabled, r.deleted_at IS NOT NULL AS deleted, r.match, r.nsfw_policy AS "nsfwPolicy", r.approval,
      l.is_nsfw AS "isNsfwTarget"
    FROM contents c
    LEFT JOIN (rules r LEFT JOIN rule_targets l ON l.rule_id = r.id AND l.target_id = ${row.targetId}::uuid)
      ON r.id = ${row.ruleId}::uuid OR (l.rule_id IS NOT NULL AND r.enabled AND r.deleted_at IS NULL)
    WHERE c.id = ${row.contentId}::int ORDER BY r.priority DESC, r.created_at, r.id`;
  if (facts.some(({ begun }) => begun)) return { outcome: 'go', ruleId: row.ruleId };
  const rules = facts.flatMap((fact) => (fact.ruleId === null ? [] : [toRule(fact, fact.ruleId, row.targetId)]));
  const [content] = facts.toSorted((a, b) => Number(a.bodyText === null) - Number(b.bodyText === null));
  return content ? judgeRow(row, rules, content) : { outcome: 'go', ruleId: row.ruleId };
}

function toRule(fact: JudgedFacts, id: string, targetId: string): JudgingRule {
  const { enabled, deleted, match, nsfwPolicy, approval, isNsfwTarget } = fact;
  const target = { id: targetId, enabled: true };
  const [targets, nsfwTargets] = [isNsfwTarget === false ? [target] : [], isNsfwTarget === true ? [target] : []];
  return { id, enabled, deleted, match, nsfwPolicy, approval, targets, nsfwTargets };
}
