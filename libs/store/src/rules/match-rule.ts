import type { DecisionReason, RuleMatch } from '@vaultstream/contracts';
import type { RuleFacts } from './rule-facts.ts';
import type { RuleRecord, RuleTargetFacts } from './rule-record.ts';

/** What a rule says about a content before it looks at targets. */
export interface RuleVerdict {
  matched: boolean;
  reason: DecisionReason;
}

/** One condition of a rule: it holds, or this is why the rule does not match. */
type Condition = [reason: DecisionReason, holds: (match: RuleMatch, content: RuleFacts) => boolean];

/**
 * In this order, as in the original: the first condition that fails is the reason. A condition that is absent or an empty list
 * holds. All comparisons ignore case.
 */
const conditions: readonly Condition[] = [
  ['platform_mismatch', ({ platforms }, content) => anyOf(platforms, [content.platform])],
  ['tags_excluded', ({ tags_none }, content) => !tags_none?.length || !anyOf(tags_none, content.tags)],
  ['tags_not_all_matched', ({ tags_all }, content) => (tags_all ?? []).every((tag) => anyOf([tag], content.tags))],
  ['tags_not_any_matched', ({ tags_any }, content) => anyOf(tags_any, content.tags)],
  ['author_mismatch', ({ authors }, content) => anyOf(authors, [content.authorName, content.authorId])],
  ['content_type_mismatch', ({ content_types }, content) => anyOf(content_types, [content.contentType])],
  ['nsfw_condition_mismatch', ({ is_nsfw }, content) => is_nsfw === undefined || is_nsfw === content.isNsfw],
  ['query_mismatch', ({ query }, content) => hasAllWords(query, content)],
];

/** All conditions that do not hold, in their order. Pure. */
export function unmetConditions(match: RuleMatch, content: RuleFacts): DecisionReason[] {
  return conditions.filter(([, holds]) => !holds(match, content)).map(([reason]) => reason);
}

/** Whether a rule takes a content. Pure. An NSFW policy that refuses is a hard stop, whatever the conditions say. */
export function matchRule(
  rule: Pick<RuleRecord, 'match' | 'nsfwPolicy' | 'nsfwTargets'>,
  content: RuleFacts,
): RuleVerdict {
  const failed = conditions.find(([, holds]) => !holds(rule.match, content));
  if (failed) return { matched: false, reason: failed[0] };
  if (content.isNsfw && rule.nsfwPolicy === 'block') return { matched: false, reason: 'nsfw_blocked' };
  // Its targets for such contents have been deleted, or it comes from the old version without them.
  if (content.isNsfw && rule.nsfwPolicy === 'separate' && rule.nsfwTargets.length === 0)
    return { matched: false, reason: 'nsfw_separate_unconfigured_blocked' };
  return { matched: true, reason: 'rule_matched' };
}

/** Where a rule sends a content that it takes. Pure. */
export function targetsFor(
  rule: Pick<RuleRecord, 'nsfwPolicy' | 'targets' | 'nsfwTargets'>,
  content: Pick<RuleFacts, 'isNsfw'>,
): RuleTargetFacts[] {
  return content.isNsfw && rule.nsfwPolicy === 'separate' ? rule.nsfwTargets : rule.targets;
}

const fold = (text: string): string => text.normalize('NFC').trim().toLowerCase();

/** True when nothing is wanted, or one of `have` is among it. */
function anyOf(wanted: readonly string[] | undefined, have: readonly (string | null)[]): boolean {
  if (!wanted?.length) return true;
  const set = new Set(wanted.map(fold));
  return have.some((value) => value !== null && set.has(fold(value)));
}

function hasAllWords(query: string | undefined, content: RuleFacts): boolean {
  if (query === undefined) return true;
  const text = fold([content.title, content.description, content.bodyText].filter((part) => part !== null).join('\n'));
  return fold(query)
    .split(/\s+/)
    .every((word) => text.includes(word));
}
