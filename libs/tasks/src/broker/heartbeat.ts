import type { BackendFactory, IQueueBackend } from 'bullmq';

/**
 * A BullMQ backend that tells when its store has answered a fetch, with a job or with none. BullMQ has no such event: `isRunning` is true
 * for a loop that hangs, `drained` comes once. A backend factory is a parameter of its constructors and `moveToActive` part of the interface
 * behind it, so this touches nothing private. An idle worker fetches every 5 s (`drainDelay`).
 */
export function withHeartbeat<B extends IQueueBackend, C>(
  factory: BackendFactory<B, C>,
  beat: () => void,
): BackendFactory<B, C> {
  return (name, options, more) => {
    const backend = factory(name, options, more);
    const fetch = backend.moveToActive.bind(backend);
    backend.moveToActive = async (token, worker) => {
      const answer: unknown[] = await fetch(token, worker);
      beat();
      return answer;
    };
    return backend;
  };
}
