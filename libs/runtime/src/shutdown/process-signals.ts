import type { EventEmitter } from 'node:events';
import type { Logger } from '../logger.ts';
import { watchParent } from '../process/watch-parent.ts';
import type { Shutdown } from './shutdown.ts';

/** What asks a process to end: a supervisor, Ctrl-C, and a terminal that was closed. */
export const endingSignals = ['SIGTERM', 'SIGINT', 'SIGHUP'] as const;

/**
 * Milliseconds within which further signals are the same wish: a terminal's Ctrl-C reaches all processes of the foreground, and npm, which
 * is one of them, hands it on once more.
 */
export const sameWishMs = 1_000;

/** What ends a process: the real `process`, or a stand-in. */
export interface EndableProcess extends Pick<EventEmitter, 'on'> {
  exit(code: number): void;
}

/** How a process ends. */
export interface EndingOptions {
  /** See Shutdown.run. */
  drainMs: number;
  /** The process ends too when this one is not its parent any more; see `Env.parentPid`. */
  parentPid?: number | undefined;
}

/**
 * Ties a process to its shutdown. The first SIGTERM, SIGINT or SIGHUP, or the loss of the parent, runs the phases and exits with 0 (1
 * when a step failed); one that comes more than a second later exits with 1 at once. An exception that nobody caught is logged and
 * ends the process with 1: its state is not to be trusted, and all that is worth keeping is in the database.
 */
export function listenToSignals(
  shutdown: Shutdown,
  logger: Logger,
  { drainMs, parentPid }: EndingOptions,
  target: EndableProcess = process,
): void {
  let askedAt = -Infinity;
  const end = (reason: string) => {
    askedAt = performance.now();
    void shutdown.run(reason, drainMs).then((clean) => target.exit(clean ? 0 : 1));
  };
  const onSignal = (signal: string) => {
    if (!shutdown.stopping) {
      end(signal);
    } else if (performance.now() - askedAt > sameWishMs) {
      logger.warn({ name: 'shutdown.forced', signal }, 'second signal: exiting at once');
      target.exit(1);
    }
  };
  const onFatal = (cause: string) => (err: unknown) => {
    logger.fatal({ name: 'process.fatal', cause, err }, 'exiting: nobody handled an error');
    target.exit(1);
  };
  for (const signal of endingSignals) target.on(signal, onSignal);
  watchParent(parentPid, () => {
    if (!shutdown.stopping) end('the parent process is gone');
  });
  target.on('uncaughtException', onFatal('uncaughtException'));
  target.on('unhandledRejection', onFatal('unhandledRejection'));
}
