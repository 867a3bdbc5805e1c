import { describe, expect, it } from '@jest/globals';
import { groupedBy, selectorsOf } from './selectors.ts';

describe('what an expression reads', () => {
  it('is found with its labels, its range and the function around it', () => {
    const expression =
      'sum by (queue) (rate(tasks_total{outcome=~"a|b", job="x"}[5m])) / (max by (queue) (depth) > 0) or time() - last{}';
    expect(selectorsOf(expression)).toEqual([
      {
        metric: 'tasks_total',
        labels: ['outcome', 'job'],
        matchers: 'outcome=~"a|b", job="x"',
        range: '5m',
        call: 'rate',
      },
      { metric: 'depth', labels: [], matchers: '', range: undefined, call: undefined },
      { metric: 'last', labels: [], matchers: '', range: undefined, call: undefined },
    ]);
  });

  it('bears names of recording rules, and no numbers, functions or words of the language', () => {
    const names = selectorsOf('queue:runs:rate5m > 1e3 and on (queue) queue:ratio:max unless vector(0) offset 5m').map(
      ({ metric }) => metric,
    );
    expect(names).toEqual(['queue:runs:rate5m', 'queue:ratio:max']);
  });

  it('is grouped by labels', () => {
    expect(groupedBy('sum by (le, queue) (x) / on (job) group_left () y')).toEqual(['le', 'queue', 'job']);
  });
});
