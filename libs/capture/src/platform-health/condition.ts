import type { PlatformView } from '@vaultstream/contracts';

type Health = PlatformView['health'];

/** Below this part of tries that worked, a platform is not well. */
const fairRatio = 0.7;
/** Tries that say enough for a judgement. */
const fairTries = 5;
/** Tries that say enough when none of them has worked. */
const hopelessTries = 3;

/** The success ratio of a window, to three decimals: what was absent says nothing of the platform. Null when nothing says anything. */
export function successRatio({ succeeded, failed, sick }: Health['window']): number | null {
  const telling = succeeded + failed + sick;
  return telling === 0 ? null : Math.round((1_000 * succeeded) / telling) / 1_000;
}

/** How a platform is, in one word. */
export function conditionOf({
  circuit,
  cookie,
  canary,
  window,
  success_ratio: ratio,
  last_success_at: successAt,
  last_error_at: errorAt,
}: Omit<Health, 'state'>): Health['state'] {
  if (circuit && circuit.state !== 'closed') return 'down';
  if (cookie?.state === 'rejected') return 'degraded';
  const sangAfter = canary !== null && (successAt === null || canary.at > successAt);
  if (sangAfter && !canary.ok) return 'degraded';
  const telling = window.tries - window.absent;
  // Where there is no circuit there are many hosts, and many dead pages among them.
  if (circuit !== null && ratio !== null && telling >= fairTries && ratio < fairRatio) return 'degraded';
  if (ratio !== 0) return ratio === null && !sangAfter && window.absent === 0 ? 'unknown' : 'ok';
  // Nothing has worked. A canary that has sung since says more; of many hosts, one page is tried four times.
  const sungSince = canary !== null && canary.ok && (errorAt === null || canary.at > errorAt);
  if (!sungSince && telling >= (circuit === null ? fairTries : hopelessTries)) return 'degraded';
  return sungSince ? 'ok' : 'unknown';
}
