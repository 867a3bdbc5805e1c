import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { parse } from 'yaml';
import { unknownIn } from './known-metrics.ts';
import { filesIn, readRules, watchedBy } from './rule-files.ts';
import { apiCallsIn, promqlIn, readRunbookIndex, readRunbooks, sections } from './runbooks.ts';
import { selectorsOf } from './selectors.ts';

const { recording, alerting } = readRules();
const recorded = new Set(recording.map(({ record }) => record));
const runbooks = readRunbooks();
const root = join(import.meta.dirname, '../..');

describe('rules', () => {
  it('read what is exported or recorded, and counters only as rates', () => {
    for (const { expr } of [...recording, ...alerting]) {
      expect([expr, unknownIn(expr, recorded)]).toEqual([expr, []]);
      for (const { metric, call } of selectorsOf(expr))
        if (/_(total|bucket|sum|count)$/.test(metric)) expect(['rate', 'increase']).toContain(call);
    }
  });

  it('of recording are named level:metric:operation, once each', () => {
    for (const { record } of recording) expect(record).toMatch(/^[a-z_]+:[a-z_]+:[a-z0-9_]+$/);
    expect(recorded.size).toBe(recording.length);
  });

  it('of alerts say how bad it is, what it is, and where the runbook is', () => {
    for (const { alert, labels, annotations } of alerting) {
      expect(alert).toMatch(/^VaultStream[A-Z][A-Za-z]+$/);
      expect(['critical', 'warning', 'info', 'none']).toContain(labels['severity']);
      expect(annotations['summary']).toMatch(/\.$/);
      expect(annotations['description']).toMatch(/\.$/);
      expect(annotations['runbook_url']).toBe(`{{ or $externalLabels.runbooks "docs/operate/runbooks" }}/${alert}.md`);
    }
    expect(new Set(alerting.map(({ alert }) => alert)).size).toBe(alerting.length);
  });

  it('of alerts are comparisons whose other side can be looked at', () => {
    for (const { alert, expr } of alerting) expect([alert, watchedBy(expr).length > 0]).toEqual([alert, true]);
    expect(watchedBy('a > 0.5 and sum by (x) (rate(b_total[5m])) < 2')).toEqual([
      'a',
      'sum by (x) (rate(b_total[5m]))',
    ]);
    expect(watchedBy('absent(up{job="x"} == 1)')).toEqual(['up{job="x"}']);
    expect(() => watchedBy('a > b')).toThrow('not a comparison with a number');
  });

  it('of alerts have a test in which each fires, and one in which it does not', () => {
    const samples = filesIn('tests').flatMap((file) => {
      const { tests } = parse(readFileSync(file, 'utf8')) as RuleTests;
      return tests.flatMap(({ promql_expr_test: cases = [] }) => cases);
    });
    const named = (alert: string) => samples.filter(({ expr }) => expr.includes(`alertname="${alert}"`));
    for (const { alert } of alerting) {
      expect([alert, named(alert).some(({ exp_samples: found }) => (found ?? []).length > 0)]).toEqual([alert, true]);
      // The watchdog never rests.
      const rests = named(alert).some(({ exp_samples: found }) => (found ?? []).length === 0);
      expect([alert, rests]).toEqual([alert, alert !== 'VaultStreamWatchdog']);
    }
  });
});

interface RuleTests {
  tests: { promql_expr_test?: { expr: string; exp_samples?: unknown[] }[] }[];
}

describe('runbooks', () => {
  it('are one page for each alert, and all are on the first page with how bad they are', () => {
    const names = runbooks.map(({ name }) => name).sort();
    expect(names).toEqual(alerting.map(({ alert }) => alert).sort());
    for (const { alert, labels } of alerting)
      expect(readRunbookIndex()).toMatch(new RegExp(`\\(${alert}\\.md\\) *\\| ${labels['severity']} `));
  });

  it.each(runbooks)('$name says what somebody needs who was woken up', ({ name, text, headings }) => {
    expect(text.startsWith(`# ${name}\n`)).toBe(true);
    expect(headings).toEqual([...sections]);
    expect(
      text
        .split(/^## .+$/m)
        .slice(1)
        .every((part) => part.trim().length > 5),
    ).toBe(true);
  });

  it('ask Prometheus for what there is', () => {
    for (const { name, text } of [...runbooks, { name: 'README', text: readRunbookIndex() }])
      for (const expression of promqlIn(text))
        expect([name, expression, unknownIn(expression, recorded)]).toEqual([name, expression, []]);
  });

  it('call the API by routes that there are', () => {
    const { paths } = JSON.parse(readFileSync(join(root, 'docs/openapi.json'), 'utf8')) as {
      paths: Record<string, object>;
    };
    const known = new Map(
      Object.entries(paths).map(([path, methods]) => [path.replace(/\{\w+\}/g, '{}'), Object.keys(methods)]),
    );
    const calls = runbooks.flatMap(({ name, text }) => apiCallsIn(text).map((call) => ({ name, ...call })));
    expect(calls.length).toBeGreaterThan(20);
    for (const { name, method, path } of calls) {
      const methods = known.get(path) ?? known.get(`/api/v1${path}`) ?? [];
      expect([name, path, methods.includes(method)]).toEqual([name, path, true]);
    }
  });

  it('run npm scripts that there are', () => {
    const { scripts } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as {
      scripts: Record<string, string>;
    };
    for (const { name, text } of runbooks)
      for (const [, script = ''] of text.matchAll(/npm run (?:--silent )?([\w:]+)/g))
        expect([name, script, script in scripts]).toEqual([name, script, true]);
  });

  it('name kinds of errors that there are', () => {
    const errors = readFileSync(join(root, 'libs/contracts/src/errors.ts'), 'utf8');
    for (const { name, text } of [...runbooks, { name: 'README', text: readRunbookIndex() }])
      for (const [, error = ''] of text.matchAll(/`([A-Z][a-z]+(?:[A-Z][a-z]+)+)`/g))
        expect([name, error, errors.includes(`class ${error} `)]).toEqual([name, error, true]);
  });

  it('name variables that there are', () => {
    const example = readFileSync(join(root, '.env.example'), 'utf8');
    for (const { name, text } of runbooks)
      for (const [, variable = ''] of text.matchAll(/`([A-Z][A-Z0-9]*(?:_[A-Z0-9]+)+)(?:=[^`]*)?`/g))
        expect([name, variable, example.includes(variable)]).toEqual([name, variable, true]);
  });
});
