import type { VaultError } from '@vaultstream/contracts';
import { platforms } from '@vaultstream/platforms';
import type { Metrics } from '@vaultstream/runtime';
import type { ParseOutcome } from '@vaultstream/store';

const ids = platforms.map(({ id }) => id);
const outcomes = ['recorded', 'merged', 'gone'] as const satisfies ParseOutcome['outcome'][];
/** How a read may fail; what is none of these is a bug or a time-out, and is counted as `other`. */
const errorTypes: readonly VaultError['name'][] = [
  'NetworkError',
  'UpstreamError',
  'RateLimited',
  'AccessDenied',
  'NotFound',
  'Unsupported',
  'BadPayload',
  'LeadsElsewhere',
  'Refused',
  'Later',
  'InfrastructureError',
  'other',
];
const pollOutcomes = ['new', 'nothing_new', 'unchanged', 'moved', 'failed', 'gone'] as const;
/** How a poll of a feed ended. */
export type PollOutcome = (typeof pollOutcomes)[number];

/** Makes the counters of parses exist before the first one. */
export function zeroParses(metrics: Metrics): void {
  metrics.zero('vaultstream_parse_total', { platform: ids, outcome: outcomes, error_type: [''] });
  metrics.zero('vaultstream_parse_total', { platform: ids, outcome: ['error'], error_type: errorTypes });
  metrics.zero('vaultstream_parse_duration_seconds', { platform: ids });
}

/**
 * Counts one parse.
 * @param error What it failed with; undefined unless the outcome is `error`.
 * @param durationMs Milliseconds.
 */
export function countParse(
  metrics: Metrics,
  platform: string,
  { outcome, error }: { outcome: ParseOutcome['outcome'] | 'error'; error?: unknown },
  durationMs: number,
): void {
  const name = error instanceof Error ? error.name : 'other';
  const errorType = outcome === 'error' ? (errorTypes.includes(name) ? name : 'other') : '';
  metrics.counter('vaultstream_parse_total').inc({ platform, outcome, error_type: errorType });
  metrics.histogram('vaultstream_parse_duration_seconds').observe({ platform }, durationMs / 1_000);
}

/** Makes the counter of new contents exist before the first one. */
export function zeroCreated(metrics: Metrics): void {
  metrics.zero('vaultstream_contents_created_total', { platform: ids });
}

/** Makes the counter of polls exist before the first one. */
export function zeroPolls(metrics: Metrics): void {
  metrics.zero('vaultstream_feed_polls_total', { outcome: pollOutcomes });
}
