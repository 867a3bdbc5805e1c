import { feedIntervalS } from '@vaultstream/contracts';

/** How often feeds are asked: seconds, pure arithmetic. */

/** The interval of a feed that follows how often something new comes: where it begins, and its bounds. */
export const adaptiveIntervalS = { first: 3_600, min: 900, max: 43_200 } as const;
/** The longest wait after failures. */
const longestBackOffS = 86_400;
/** Between two parts of a flood of new entries. */
export const continueInS: number = feedIntervalS.min;

/** The interval after a poll that went well: half as long when something new came, a quarter longer when nothing did. */
export function nextIntervalS(
  { intervalS, adaptive }: { intervalS: number; adaptive: boolean },
  news: boolean,
): number {
  if (!adaptive) return intervalS;
  const { min, max } = adaptiveIntervalS;
  return Math.round(Math.min(max, Math.max(min, intervalS * (news ? 0.5 : 1.25))));
}

/**
 * The wait after a failure: the interval, doubled with each failure in a row, at most a day; never shorter than what the server asked for.
 * @param failures How many polls had failed in a row before this one.
 * @param askedMs What the server asked for: at most a day (see `retryAfterMs`).
 */
export function backOffS(intervalS: number, failures: number, askedMs = 0, random: () => number = Math.random): number {
  const doubled = Math.min(longestBackOffS, intervalS * 2 ** Math.min(failures, 20));
  // Earlier only: a day stays the longest wait.
  return Math.max(doubled * (1 - 0.2 * random()), askedMs / 1_000);
}

/** A tenth earlier or later, so that feeds that were subscribed together do not stay together. */
export function jitteredS(seconds: number, random: () => number = Math.random): number {
  return seconds * (0.9 + 0.2 * random());
}
