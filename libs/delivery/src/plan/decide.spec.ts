import { describe, expect, it } from '@jest/globals';
import type { LockedSubject, RuleRecord } from '@vaultstream/store';
import { decide } from './decide.ts';

const content: LockedSubject = {
  id: 1,
  platform: 'web',
  contentType: null,
  title: null,
  description: null,
  bodyText: null,
  authorId: null,
  authorName: null,
  tags: [],
  isNsfw: false,
  priority: 5,
  status: 'PULLED',
  archiveStatus: 'none',
  before: null,
};

function rule(id: string, targets: string[], more: Partial<RuleRecord> = {}): RuleRecord {
  const base = {
    id,
    name: id,
    enabled: true,
    priority: 0,
    match: {},
    nsfwPolicy: 'block',
    approval: 'auto',
    version: 3,
  } as const;
  const times = { createdAt: new Date(0), updatedAt: new Date(0) };
  return {
    ...base,
    ...times,
    nsfwTargets: [],
    targets: targets.map((target) => ({ id: target, enabled: true })),
    ...more,
  };
}

const run = (rules: RuleRecord[], entered: [string, string | null][] = [], more: Partial<LockedSubject> = {}) => {
  const { decisions, rows } = decide({ ...content, ...more }, rules, new Map(entered));
  return {
    said: decisions.map(({ ruleId, targetId, reason }) => `${ruleId} ${targetId ?? '-'} ${reason}`),
    rows: rows.map(({ targetId, ruleId, state, reason }) => `${targetId} ${ruleId ?? '-'} ${state} ${reason ?? '-'}`),
  };
};

describe('decide', () => {
  it('plans one row per target of a rule that matches', () => {
    expect(run([rule('r', ['a', 'b'])])).toEqual({
      said: ['r a rule_matched', 'r b rule_matched'],
      rows: ['a r planned -', 'b r planned -'],
    });
  });

  it('lets the rule that comes first enter a target, approval or not', () => {
    expect(run([rule('first', ['a'], { approval: 'required' }), rule('second', ['a', 'b'])])).toEqual({
      said: ['first a approval_required', 'second a already_in_ledger', 'second b rule_matched'],
      rows: ['a first held approval_required', 'b second planned -'],
    });
  });

  it('blocks the row of a disabled target, and says so', () => {
    const targets = [{ id: 'a', enabled: false }];
    expect(run([rule('r', [], { targets, approval: 'required' })])).toEqual({
      said: ['r a target_disabled'],
      rows: ['a r blocked target_disabled'],
    });
  });

  it('says no_enabled_targets of a rule without targets, and its reason of one that does not match', () => {
    const other = rule('other', ['a'], { match: { platforms: ['x'] } });
    expect(run([rule('r', []), other])).toEqual({
      said: ['r - no_enabled_targets', 'other - platform_mismatch'],
      rows: [],
    });
  });

  it('enters nothing for a rule that would have matched when the rules were asked last; one that matches now does', () => {
    const news = { tags_any: ['news'] };
    const rules = [rule('newer', ['a', 'b']), rule('met', ['b'], { match: news })];
    const unchanged = run(rules, [], { tags: ['news'], before: { ...content, tags: ['news'] } });
    expect(unchanged.rows).toEqual([]);
    expect(unchanged.said).toEqual(['newer a not_retroactive', 'newer b not_retroactive', 'met b not_retroactive']);
    const tagged = run(rules, [['a', 'newer']], { tags: ['news'], before: { ...content, tags: [] } });
    expect(tagged.said).toEqual(['newer a rule_matched', 'newer b not_retroactive', 'met b rule_matched']);
    expect(tagged.rows).toEqual(['b met planned -']);
  });

  it('sends what is NSFW elsewhere, also when it becomes so later, and never to the others', () => {
    const nsfwTargets = [{ id: 'n', enabled: true }];
    const rules = [rule('r', ['a'], { nsfwPolicy: 'separate', nsfwTargets })];
    expect(run(rules).rows).toEqual(['a r planned -']);
    expect(run(rules, [], { isNsfw: true }).rows).toEqual(['n r planned -']);
    expect(run(rules, [['a', 'r']], { isNsfw: true, before: { ...content } }).rows).toEqual(['n r planned -']);
    expect(run(rules, [], { isNsfw: true, before: { ...content, isNsfw: true } }).said).toEqual([
      'r n not_retroactive',
    ]);
  });

  it('enters nothing twice when it is run again, and keeps the reason of the rule that did', () => {
    expect(
      run(
        [rule('mine', ['a']), rule('other', ['a', 'b'])],
        [
          ['a', 'mine'],
          ['b', null],
        ],
      ),
    ).toEqual({
      said: ['mine a rule_matched', 'other a already_in_ledger', 'other b already_in_ledger'],
      rows: [],
    });
  });
});
