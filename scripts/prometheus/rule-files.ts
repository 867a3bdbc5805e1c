import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';

/** What Prometheus is given: its configuration, rules and their tests. */
export const prometheusFolder = join(import.meta.dirname, '../../ops/prometheus');

export interface RecordingRule {
  record: string;
  expr: string;
}
export interface AlertingRule {
  alert: string;
  expr: string;
  for?: string;
  labels: Record<string, string>;
  annotations: Record<string, string>;
}

/** Paths of the files of one of its folders. */
export const filesIn = (folder: 'rules' | 'tests'): string[] =>
  readdirSync(join(prometheusFolder, folder)).map((name) => join(prometheusFolder, folder, name));

/** All rules, as they stand in the files. */
export function readRules(): { recording: RecordingRule[]; alerting: AlertingRule[] } {
  const rules = filesIn('rules').flatMap((file) => {
    const { groups } = parse(readFileSync(file, 'utf8')) as { groups: { rules: (RecordingRule | AlertingRule)[] }[] };
    return groups.flatMap((group) => group.rules);
  });
  return {
    recording: rules.filter((rule): rule is RecordingRule => 'record' in rule),
    alerting: rules.filter((rule): rule is AlertingRule => 'alert' in rule),
  };
}

/** `a > 5`: everything before the comparison, which stands at the end. */
const comparison = /^(?<left>.+?)\s*(?:==|!=|>=|<=|>|<)\s*[\d.]+$/s;

/**
 * What an alert looks at, without its thresholds: a healthy system has series for each part, although the alert itself has none.
 * @throws Error when it is not written as one comparison with a number, `absent(...)` of one, or several joined by `and`.
 */
export function watchedBy(expression: string): string[] {
  return expression.split(/\s+and\s+/).map((part) => {
    const missing = /^absent\((?<inner>.+)\)$/s.exec(part.trim())?.groups?.['inner'];
    const text = (missing ?? part).trim();
    const left = comparison.exec(text)?.groups?.['left'];
    if (left !== undefined) return left;
    // The absence of a series, and the watchdog, need no threshold.
    if (missing !== undefined || text === 'vector(1)') return text;
    throw new Error(`not a comparison with a number: ${text}`);
  });
}
