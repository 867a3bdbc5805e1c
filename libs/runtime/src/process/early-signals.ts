const signals = ['SIGTERM', 'SIGINT'] as const;

/** Signals that come before there is anything to shut down. */
export interface EarlySignals {
  /** Aborted by the first one. */
  readonly signal: AbortSignal;
  /** Listens no longer: the app's own shutdown has taken over. */
  release(): void;
}

/** Notes SIGTERM and SIGINT while a process starts. (The first process of a container ignores signals that nobody listens to.) */
export function watchEarlySignals(): EarlySignals {
  const controller = new AbortController();
  const abort = () => controller.abort();
  for (const name of signals) process.on(name, abort);
  return {
    signal: controller.signal,
    release() {
      for (const name of signals) process.off(name, abort);
    },
  };
}
