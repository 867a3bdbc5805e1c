import type { MetricName } from '../../libs/runtime/src/metrics/metric-catalog.ts';

/** Metrics that Prometheus makes itself, and those of Node that the metrics library brings. */
type ForeignMetric =
  | 'up'
  | 'process_cpu_seconds_total'
  | 'process_resident_memory_bytes'
  | 'process_start_time_seconds'
  | 'process_open_fds'
  | 'process_max_fds'
  | 'nodejs_heap_size_used_bytes'
  | 'nodejs_gc_duration_seconds';
type Suffix = '' | '_bucket' | '_sum' | '_count';
export type SeriesName = `${MetricName | ForeignMetric}${Suffix}`;

/** Routes whose answers are no sign of how users fare: probes, and the event stream, which stays open for hours. */
const watched = 'route!~"/livez|/readyz|/metrics|/api/v1/events"';
export const userRequests = (...matchers: string[]): string[] => [watched, ...matchers];

/** Series of the processes that a person has chosen at the top of the dashboard. */
export const chosen = (name: SeriesName, ...matchers: string[]): string =>
  `${name}{${['job=~"$job"', 'instance=~"$instance"', ...matchers].join(', ')}}`;

/** Per second. */
export const rate = (name: SeriesName, ...matchers: string[]): string =>
  `rate(${chosen(name, ...matchers)}[$__rate_interval])`;

/** How much it grew within the time that the dashboard shows. */
export const increase = (name: SeriesName, ...matchers: string[]): string =>
  `increase(${chosen(name, ...matchers)}[$__range])`;

export const sum = (expression: string): string => `sum(${expression})`;
export const sumBy = (labels: string, expression: string): string => `sum by (${labels}) (${expression})`;
export const maxBy = (labels: string, expression: string): string => `max by (${labels}) (${expression})`;
export const top = (count: number, expression: string): string => `topk(${count}, ${expression})`;

/**
 * A gauge that is read from the database. One elected process has it, so neither job nor instance may be chosen; `max` bridges the moment at
 * which another one is elected and both values are there.
 */
export const counted = (name: SeriesName, labels: string, ...matchers: string[]): string =>
  `max by (${labels}) (${name}${matchers.length === 0 ? '' : `{${matchers.join(', ')}}`})`;

/** The part of the whole, 0 where there is no whole: an idle system is a healthy one, and 0 / 0 would be NaN. */
export const ratio = (part: string, whole: string): string => `${part} / (${whole} > 0) or ${whole} * 0`;

/** A quantile of a histogram; nothing (and no NaN) where nothing was measured. */
export const quantile = (q: number, name: MetricName, labels: string, ...matchers: string[]): string =>
  `histogram_quantile(${q}, ${sumBy(labels === '' ? 'le' : `le, ${labels}`, rate(`${name}_bucket`, ...matchers))}) >= 0`;
