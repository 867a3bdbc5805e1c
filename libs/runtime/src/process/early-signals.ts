import { endingSignals, sameWishMs } from '../shutdown/process-signals.ts';
import { watchParent } from './watch-parent.ts';

/** Signals that come before there is anything to shut down. */
export interface EarlySignals {
  /** Aborted by the first one, and when the parent is gone. */
  readonly signal: AbortSignal;
  /** Listens no longer: the app's own shutdown has taken over. */
  release(): void;
}

/**
 * Notes what asks this process to end while it starts; whoever asks again a second later gets his way at once.
 * (The first process of a container ignores signals that nobody listens to.)
 * @param parentPid See `Env.parentPid`.
 */
export function watchEarlySignals(parentPid: number | undefined): EarlySignals {
  const controller = new AbortController();
  let askedAt = Infinity;
  const abort = () => {
    // Nothing that is worth an orderly end exists yet.
    if (performance.now() - askedAt > sameWishMs) process.exit(1);
    askedAt = Math.min(askedAt, performance.now());
    controller.abort();
  };
  for (const name of endingSignals) process.on(name, abort);
  watchParent(parentPid, abort);
  return {
    signal: controller.signal,
    release() {
      for (const name of endingSignals) process.off(name, abort);
    },
  };
}
