import type { Chunk, Generation, HandedOver, QueueName, WakeUp } from '@vaultstream/contracts';

/** Takes wake-ups off a queue until it is closed. */
export interface Consumer {
  readonly queue: QueueName;
  /**
   * Milliseconds since the broker has last answered a fetch of this consumer, less the time in which it answered nobody and that in which
   * all hands were full.
   */
  readonly silentMs: number;
  /** Fetches nothing more and resolves when everything fetched has been worked on. Has no deadline of its own. */
  close(): Promise<void>;
}

/** What a broker that can take work says of itself. */
export interface BrokerState {
  /** Changes when the broker has lost everything that it was given. */
  epoch: string;
  /** What whoever runs it should know, though it works. */
  notice?: string;
}

/** A task and, where it shares a job with others, the name of that. */
export type AtBroker = Generation & Pick<HandedOver, 'wakeUp'>;

/**
 * Carries wake-ups from relays to workers, in order of priority, at least once. The `tasks` row is the truth: a wake-up that is
 * lost is sent again under a new generation, one that comes twice finds nothing to claim.
 */
export abstract class Broker {
  /** What the task row says about who has it: `postgres` or `redis`. */
  abstract readonly name: string;
  /** Resolves when work can be given to it. @throws InfrastructureError that says why not, in words for everybody. */
  abstract probe(): Promise<BrokerState>;
  /** When it rejects, some of them may have been taken all the same. @throws InfrastructureError when it takes nothing at present. */
  abstract publish(queue: QueueName, wakeUps: readonly WakeUp[]): Promise<void>;
  /** Those that still wait there for a worker, alone or in a chunk. */
  abstract holds<G extends AtBroker>(queue: QueueName, tasks: readonly G[]): Promise<G[]>;
  /**
   * @param concurrency How many wake-ups are worked on at once.
   * @param work Called for each; when it rejects, the same wake-up comes again about a second later.
   * @throws InfrastructureError when the broker does not answer.
   */
  abstract consume(queue: QueueName, concurrency: number, work: (chunk: Chunk) => Promise<void>): Promise<Consumer>;
  abstract close(): Promise<void>;
}

/** The name of a job: that of the task that it bears, or of the first of its chunk. Unique for ever: a broker drops a known id in silence, so none is used again. No colon: BullMQ refuses it. */
export function jobId({ taskId, generation }: Generation): string {
  return `${taskId}-${generation}`;
}
