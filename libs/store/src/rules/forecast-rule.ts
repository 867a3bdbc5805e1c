import type { DecisionReason, ShareRule } from '@vaultstream/contracts';
import { matchRule, unmetConditions } from './match-rule.ts';
import type { RuleFacts } from './rule-facts.ts';
import type { RuleRecord } from './rule-record.ts';

type PageFact = ShareRule['waits_for'][number];

/** What a rule may say of a content: `no` is final until somebody changes the content or the rule. */
export interface RuleForecast {
  verdict: ShareRule['verdict'] | 'no';
  /** What the page must tell before it is certain; empty where nothing is missing. */
  waitsFor: PageFact[];
}

/** What reading the page may still bring, by the condition that does not hold without it. */
const brought: Partial<Record<DecisionReason, (content: RuleFacts) => PageFact | null>> = {
  tags_not_all_matched: () => 'tags',
  tags_not_any_matched: () => 'tags',
  author_mismatch: () => 'author',
  content_type_mismatch: ({ contentType }) => (contentType === null ? 'content_type' : null),
  // A page can make it NSFW, and never the other way round.
  nsfw_condition_mismatch: ({ isNsfw }) => (isNsfw ? null : 'is_nsfw'),
  query_mismatch: () => 'text',
};

/**
 * What a rule says about a content that may not have been read yet. Pure. For one that was read it is certain; for a new one only platform,
 * tags and flags are known, and what the page brings may also rule out what matches so far.
 */
export function forecastRule(rule: RuleRecord, content: RuleFacts, isRead: boolean): RuleForecast {
  if (isRead) return { verdict: matchRule(rule, content).matched ? 'matches' : 'no', waitsFor: [] };
  const missing = unmetConditions(rule.match, content).map((reason) => brought[reason]?.(content) ?? null);
  const hopeless = missing.includes(null) || !matchRule({ ...rule, match: {} }, content).matched;
  if (hopeless) return { verdict: 'no', waitsFor: [] };
  const waitsFor = [...new Set(missing.filter((fact) => fact !== null))];
  return { verdict: waitsFor.length > 0 ? 'may_match' : 'matches', waitsFor };
}
