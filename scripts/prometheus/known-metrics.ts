import { metricCatalog } from '../../libs/runtime/src/metrics/metric-catalog.ts';
import type { MetricDefinition } from '../../libs/runtime/src/metrics/metric-definition.ts';
import { groupedBy, selectorsOf } from './selectors.ts';

/** Labels that Prometheus sets on all that it scrapes. */
const scraped = ['job', 'instance'];

/** Metrics that are not of our catalogue: of Prometheus, and the defaults of the metrics library. */
const foreign: Record<string, readonly string[]> = {
  up: [],
  ALERTS: ['alertname', 'alertstate', 'severity'],
  prometheus_rule_evaluation_failures_total: ['rule_group'],
  prometheus_notifications_errors_total: ['alertmanager'],
  // Of processes that hand over traces only.
  vaultstream_trace_export_failures_total: [],
  process_cpu_seconds_total: [],
  process_resident_memory_bytes: [],
  process_start_time_seconds: [],
  process_open_fds: [],
  process_max_fds: [],
  nodejs_heap_size_used_bytes: [],
};

const histogram = (name: string, labels: readonly string[]): [string, readonly string[]][] => [
  [`${name}_bucket`, [...labels, 'le']],
  [`${name}_sum`, labels],
  [`${name}_count`, labels],
];

const known = new Map<string, readonly string[]>([
  ...Object.entries<readonly string[]>(foreign),
  ...histogram('nodejs_gc_duration_seconds', ['kind']),
  ...Object.entries<MetricDefinition>(metricCatalog).flatMap(([name, { type, labels }]) =>
    type === 'histogram' ? histogram(name, labels) : [[name, labels] satisfies [string, readonly string[]]],
  ),
]);

/**
 * @param recorded Names of recording rules: they may be read too.
 * @returns What an expression reads that nobody exports: metrics, and labels that none of its metrics has.
 */
export function unknownIn(expression: string, recorded: ReadonlySet<string> = new Set()): string[] {
  const selectors = selectorsOf(expression);
  const unknown: string[] = [];
  const labels = new Set(scraped);
  let open = false;
  for (const { metric, labels: matched } of selectors) {
    if (recorded.has(metric)) {
      open = true;
      continue;
    }
    const own = known.get(metric);
    if (own === undefined) unknown.push(metric);
    for (const label of own ?? []) labels.add(label);
    for (const label of matched)
      if (own !== undefined && !own.includes(label) && !scraped.includes(label)) unknown.push(`${metric}{${label}}`);
  }
  // A recording rule has the labels that its own expression keeps: that one is checked by itself.
  if (!open) unknown.push(...groupedBy(expression).filter((label) => !labels.has(label)));
  return unknown;
}
