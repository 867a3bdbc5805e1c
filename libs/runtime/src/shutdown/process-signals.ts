import type { EventEmitter } from 'node:events';
import type { Logger } from '../logger.ts';
import type { Shutdown } from './shutdown.ts';

/** What ends a process: the real `process`, or a stand-in. */
export interface EndableProcess extends Pick<EventEmitter, 'on'> {
  exit(code: number): void;
}

/**
 * Ties a process to its shutdown. The first SIGTERM or SIGINT runs the phases and exits with 0 (1 when a step failed); a
 * second one exits with 1 at once. An exception that nobody caught is logged and ends the process with 1: its state is not
 * to be trusted, and all that is worth keeping is in the database.
 * @param drainMs See Shutdown.run.
 */
export function listenToSignals(
  shutdown: Shutdown,
  logger: Logger,
  drainMs: number,
  target: EndableProcess = process,
): void {
  const onSignal = (signal: string) => {
    if (shutdown.stopping) {
      logger.warn({ name: 'shutdown.forced', signal }, 'second signal: exiting at once');
      target.exit(1);
      return;
    }
    void shutdown.run(signal, drainMs).then((clean) => target.exit(clean ? 0 : 1));
  };
  const onFatal = (cause: string) => (err: unknown) => {
    logger.fatal({ name: 'process.fatal', cause, err }, 'exiting: nobody handled an error');
    target.exit(1);
  };
  target.on('SIGTERM', onSignal);
  target.on('SIGINT', onSignal);
  target.on('uncaughtException', onFatal('uncaughtException'));
  target.on('unhandledRejection', onFatal('unhandledRejection'));
}
