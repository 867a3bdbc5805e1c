import { describe, expect, it } from '@jest/globals';
import { decisionReasons, type DecisionReason, type NsfwPolicy, type RuleMatch } from '@vaultstream/contracts';
import { matchRule } from './match-rule.ts';
import type { RuleFacts } from './rule-facts.ts';

const subject: RuleFacts = {
  platform: 'web',
  contentType: 'article',
  title: 'Ein Häuschen im Wald',
  description: 'Notes on living',
  bodyText: 'with foxes',
  authorId: '42',
  authorName: 'Ann Lee',
  tags: ['News', 'Öl'],
  isNsfw: false,
};

interface Row {
  match?: RuleMatch;
  policy?: NsfwPolicy;
  nsfwTargets?: { id: string; enabled: boolean }[];
  content?: Partial<RuleFacts>;
  reason: DecisionReason;
}

const rows: Row[] = [
  { reason: 'rule_matched' },
  { match: { platforms: ['bilibili', 'WEB'] }, reason: 'rule_matched' },
  { match: { platforms: ['bilibili'] }, reason: 'platform_mismatch' },
  { match: { platforms: [] }, reason: 'rule_matched' },
  { match: { tags_none: ['news', 'other'] }, reason: 'tags_excluded' },
  { match: { tags_none: ['new'] }, reason: 'rule_matched' },
  { match: { tags_none: [] }, reason: 'rule_matched' },
  { match: { tags_none: ['x'] }, content: { tags: [] }, reason: 'rule_matched' },
  { match: { tags_all: ['NEWS', 'öl'] }, reason: 'rule_matched' },
  { match: { tags_all: ['news', 'ÖL'.normalize('NFD')] }, reason: 'rule_matched' },
  { match: { tags_all: ['news', 'gas'] }, reason: 'tags_not_all_matched' },
  { match: { tags_all: [] }, content: { tags: [] }, reason: 'rule_matched' },
  { match: { tags_any: ['gas', 'news'] }, reason: 'rule_matched' },
  { match: { tags_any: ['gas'] }, reason: 'tags_not_any_matched' },
  { match: { tags_any: ['gas'] }, content: { tags: [] }, reason: 'tags_not_any_matched' },
  { match: { authors: ['ann lee'] }, reason: 'rule_matched' },
  { match: { authors: ['42'] }, reason: 'rule_matched' },
  { match: { authors: ['ann'] }, reason: 'author_mismatch' },
  { match: { authors: ['ann lee'] }, content: { authorId: null, authorName: null }, reason: 'author_mismatch' },
  { match: { content_types: ['Article'] }, reason: 'rule_matched' },
  { match: { content_types: ['video'] }, reason: 'content_type_mismatch' },
  { match: { content_types: ['video'] }, content: { contentType: null }, reason: 'content_type_mismatch' },
  { match: { is_nsfw: false }, reason: 'rule_matched' },
  { match: { is_nsfw: true }, reason: 'nsfw_condition_mismatch' },
  { match: { is_nsfw: false }, policy: 'allow', content: { isNsfw: true }, reason: 'nsfw_condition_mismatch' },
  { match: { query: 'FOXES häuschen' }, reason: 'rule_matched' },
  { match: { query: '  notes   wald ' }, reason: 'rule_matched' },
  { match: { query: 'foxes bears' }, reason: 'query_mismatch' },
  { match: { query: 'ann' }, reason: 'query_mismatch' },
  { match: { query: 'x' }, content: { title: null, description: null, bodyText: null }, reason: 'query_mismatch' },
  { content: { isNsfw: true }, reason: 'nsfw_blocked' },
  { match: { is_nsfw: true }, content: { isNsfw: true }, reason: 'nsfw_blocked' },
  { policy: 'allow', content: { isNsfw: true }, reason: 'rule_matched' },
  { policy: 'separate', content: { isNsfw: true }, reason: 'nsfw_separate_unconfigured_blocked' },
  { policy: 'separate', reason: 'rule_matched' },
  {
    policy: 'separate',
    nsfwTargets: [{ id: 'n', enabled: true }],
    content: { isNsfw: true },
    reason: 'rule_matched',
  },
  // The first condition that fails is the reason.
  {
    match: { platforms: ['x'], tags_none: ['news'], query: 'bears' },
    content: { isNsfw: true },
    reason: 'platform_mismatch',
  },
  { match: { tags_none: ['news'], tags_all: ['gas'], tags_any: ['gas'] }, reason: 'tags_excluded' },
  { match: { tags_all: ['gas'], tags_any: ['gas'] }, reason: 'tags_not_all_matched' },
  { match: { query: 'bears' }, content: { isNsfw: true }, reason: 'query_mismatch' },
];

describe('behaviour 37: what a rule says about a content', () => {
  it.each(rows)(
    '$match $policy $content: $reason',
    ({ match = {}, policy = 'block', nsfwTargets = [], content = {}, reason }) => {
      const verdict = matchRule({ match, nsfwPolicy: policy, nsfwTargets }, { ...subject, ...content });
      expect(verdict).toEqual({ matched: reason === 'rule_matched', reason });
    },
  );

  it('has a row for every reason that a rule itself can give', () => {
    const given = new Set(rows.map((row) => row.reason));
    const ofTargets: DecisionReason[] = [
      'approval_required',
      'no_enabled_targets',
      'target_disabled',
      'already_in_ledger',
      'not_retroactive',
    ];
    expect(decisionReasons.filter((reason) => !given.has(reason))).toEqual(ofTargets);
  });
});
