import type { DecisionReason } from '@vaultstream/contracts';
import {
  matchRule,
  targetsFor,
  type NewDelivery,
  type LockedSubject,
  type PlanSubject,
  type RuleDecisionFacts,
  type RuleFacts,
  type RuleRecord,
  type RuleTargetFacts,
} from '@vaultstream/store';

/** What the rules say about one content: why, and which rows of the ledger follow. */
export interface Decided {
  decisions: RuleDecisionFacts[];
  rows: NewDelivery[];
}

/**
 * Lets all rules decide about a content. Pure. One row per target: the rule that comes first enters it.
 *
 * When the rules were asked before, only what has changed since is an occasion: a rule enters a row for a target where the content as it
 * was then would not have gone by the rule as it is today. So an edit that makes a rule match sends, whenever the rule was made; and a rule
 * that was made or changed in between sends nothing just because something else about the content is edited.
 * @param content With what it was when the rules were asked last, if they were.
 * @param rules In the order in which they decide.
 * @param entered Targets that have a row already, with the rule that entered it, if it was one.
 */
export function decide(
  content: LockedSubject,
  rules: readonly RuleRecord[],
  entered: ReadonlyMap<string, string | null>,
): Decided {
  const taken = new Map(entered);
  const decided: Decided = { decisions: [], rows: [] };
  for (const rule of rules) {
    const say = (targetId: string | null, matched: boolean, reason: DecisionReason) =>
      decided.decisions.push({ ruleId: rule.id, ruleVersion: rule.version, targetId, matched, reason });
    const verdict = matchRule(rule, content);
    const targets = targetsFor(rule, content);
    if (!verdict.matched || targets.length === 0) {
      say(null, verdict.matched, verdict.matched ? 'no_enabled_targets' : verdict.reason);
      continue;
    }
    const before = reached(rule, content.before);
    for (const target of targets) {
      const isOccasion = !before.includes(target.id);
      const owner = taken.get(target.id);
      const row = rowFor(content, rule, target);
      if (owner !== undefined) {
        say(target.id, true, owner === rule.id ? row.decision : 'already_in_ledger');
        continue;
      }
      say(target.id, true, isOccasion ? row.decision : 'not_retroactive');
      if (!isOccasion) continue;
      taken.set(target.id, rule.id);
      decided.rows.push(row.delivery);
    }
  }
  return decided;
}

/** The targets that a content as it was would have gone to by the rule as it is today. */
function reached(rule: RuleRecord, before: RuleFacts | null): string[] {
  if (before === null || !matchRule(rule, before).matched) return [];
  return targetsFor(rule, before).map(({ id }) => id);
}

/** A disabled target blocks its row, so that one sees what it has missed; approval holds it. */
function rowFor(
  content: PlanSubject,
  rule: RuleRecord,
  target: RuleTargetFacts,
): { decision: DecisionReason; delivery: NewDelivery } {
  const base = { contentId: content.id, targetId: target.id, ruleId: rule.id };
  if (!target.enabled)
    return { decision: 'target_disabled', delivery: { ...base, state: 'blocked', reason: 'target_disabled' } };
  if (rule.approval === 'required')
    return { decision: 'approval_required', delivery: { ...base, state: 'held', reason: 'approval_required' } };
  return { decision: 'rule_matched', delivery: { ...base, state: 'planned', reason: null } };
}
