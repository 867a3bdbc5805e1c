import { monitorEventLoopDelay } from 'node:perf_hooks';
import type { Logger } from '../logger.ts';
import type { Metrics } from './metrics.ts';

/** Milliseconds: how often the loop is looked at, and how often the longest delay since then is told. */
const [resolutionMs, tellMs] = [10, 1_000];
/** A delay that is an alarm: nobody got an answer meanwhile. Seconds. */
const alarmS = 1;

/**
 * Tells how long the event loop of this process was kept from its work: the longest delay of each second goes into
 * `vaultstream_event_loop_delay_seconds`, and one above a second into the log. The defaults of the metrics library only know the time of the scrape.
 * @returns What ends it.
 */
export function watchEventLoop(metrics: Metrics, logger: Logger): () => void {
  const delays = monitorEventLoopDelay({ resolution: resolutionMs });
  const metric = metrics.histogram('vaultstream_event_loop_delay_seconds');
  delays.enable();
  let toldAt = performance.now();
  const timer = setInterval(() => {
    const now = performance.now();
    const measuredMs = delays.count === 0 ? 0 : delays.max / 1e6 - resolutionMs;
    // What is measured is the time between two looks. The first look after a reset has none before it, so what kept the loop until then, or since
    // the last one, shows only in the part of the time that no two looks enclose.
    const enclosedMs = delays.count === 0 ? 0 : (delays.mean * delays.count) / 1e6;
    const seconds = Math.max(0, measuredMs, now - toldAt - enclosedMs - 2 * resolutionMs) / 1_000;
    toldAt = now;
    delays.reset();
    metric.observe(seconds);
    if (seconds >= alarmS)
      logger.warn({ name: 'process.blocked', delay_s: Number(seconds.toFixed(2)) }, 'the event loop was blocked');
  }, tellMs).unref();
  return () => {
    clearInterval(timer);
    delays.disable();
  };
}
