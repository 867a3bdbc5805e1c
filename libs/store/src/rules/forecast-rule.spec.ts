import { describe, expect, it } from '@jest/globals';
import type { NsfwPolicy, RuleMatch } from '@vaultstream/contracts';
import { forecastRule, type RuleForecast } from './forecast-rule.ts';
import type { RuleFacts } from './rule-facts.ts';
import type { RuleRecord } from './rule-record.ts';

const fresh: RuleFacts = {
  platform: 'web',
  contentType: null,
  title: null,
  description: null,
  bodyText: null,
  authorId: null,
  authorName: null,
  tags: ['news'],
  isNsfw: false,
};

interface Row {
  match?: RuleMatch;
  policy?: NsfwPolicy;
  content?: Partial<RuleFacts>;
  isRead?: boolean;
  says: RuleForecast['verdict'];
  waitsFor?: string[];
}

const rows: Row[] = [
  { says: 'matches' },
  { match: { tags_any: ['news'] }, says: 'matches' },
  { match: { tags_any: ['cats'] }, says: 'may_match', waitsFor: ['tags'] },
  { match: { tags_any: ['cats'] }, isRead: true, says: 'no' },
  { match: { tags_none: ['news'] }, says: 'no' },
  { match: { platforms: ['x'], tags_any: ['cats'] }, says: 'no' },
  { match: { authors: ['Ann'], query: 'fox' }, says: 'may_match', waitsFor: ['author', 'text'] },
  { match: { content_types: ['video'] }, says: 'may_match', waitsFor: ['content_type'] },
  { match: { content_types: ['video'] }, content: { contentType: 'article' }, says: 'no' },
  { match: { is_nsfw: true }, policy: 'allow', says: 'may_match', waitsFor: ['is_nsfw'] },
  { match: { is_nsfw: false }, policy: 'allow', content: { isNsfw: true }, says: 'no' },
  { content: { isNsfw: true }, says: 'no' },
  { match: { query: 'fox' }, content: { bodyText: 'a fox' }, isRead: true, says: 'matches' },
];

describe('what a rule says of a share', () => {
  it.each(rows)(
    '$match $policy $content read: $isRead: $says $waitsFor',
    ({ match = {}, policy = 'block', content = {}, isRead = false, says, waitsFor = [] }) => {
      const rule = { match, nsfwPolicy: policy, targets: [], nsfwTargets: [] } as unknown as RuleRecord;
      expect(forecastRule(rule, { ...fresh, ...content }, isRead)).toEqual({ verdict: says, waitsFor });
    },
  );
});
