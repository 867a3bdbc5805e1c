import { VaultError, type DeadLetterReason } from './errors.ts';
import type { Tx } from './ports.ts';
import type { PayloadOf, QueueName, TaskName } from './tasks.ts';
import type { TraceContext } from './trace.ts';

/**
 * The other half of the task log: what `libs/tasks` needs to hand tasks out, hold them and end them. Implemented by `store`.
 * Every time in here is the database's: no process's clock decides anything. All methods but those with a `tx` run in
 * their own short transaction and throw InfrastructureError when the database is away.
 */

/** Channel that is notified, with an empty payload, when a transaction has appended tasks. */
export const taskChannel = 'vaultstream_tasks';

/** A claim that is not followed by an orderly end this many times is a poison pill: it kills its process. */
export const poisonLimit = 10;

/** One handing-over of a task to a broker. A task is handed over again under the next generation only. */
export interface Generation {
  taskId: string;
  generation: number;
}

/** The tasks that one wake-up bears: the one that it is named after, and the others of a flood. */
export interface Chunk extends Generation {
  /** Absent: it bears one. */
  others?: readonly Generation[];
}

/** All tasks of a chunk, the one that it is named after first. */
export function tasksOf(chunk: Chunk): Generation[] {
  return [{ taskId: chunk.taskId, generation: chunk.generation }, ...(chunk.others ?? [])];
}

/** What a broker carries: tasks of one queue and one priority. The rows stay the truth. */
export interface WakeUp extends Chunk {
  queue: QueueName;
  priority: number;
  /** Of the task that it is named after. */
  trace: TraceContext;
}

/** A task that says it is at a broker. */
export interface HandedOver extends Generation {
  queue: QueueName;
  broker: string;
  /** The broker's job that bears it together with others. Absent: it has a job of its own. */
  wakeUp?: string;
}

/** The right to end one run of a task: void as soon as the row bears another fence or is no longer running. */
export interface Lease {
  taskId: string;
  fence: number;
}

/** One failed try, as it is kept in the row and later in the dead letter. `at` is RFC 3339. */
export interface FailedTry {
  at: string;
  type: string;
  message: string;
  /** The span of that run, as W3C Trace Context has it: the next try links to it. */
  traceparent?: string | undefined;
}

/** A claimed task as it lies in the row: `name` and `payload` may be of another release. */
export interface ClaimedTask {
  lease: Lease;
  name: string;
  queue: QueueName;
  payload: unknown;
  contentId: number | null;
  targetId: string | null;
  trace: TraceContext;
  /** Tries that ended in an error, oldest first. */
  errors: FailedTry[];
  failures: number;
  /** Claims, this one included, less those that ended without a failure (`Later`, shutdown). */
  starts: number;
  /** Milliseconds between the moment when the task could run and this claim. */
  waitMs: number;
}

/** How a task ended for good. */
export interface Burial {
  reason: DeadLetterReason;
  errorType: string;
  message: string;
  stack: string | null;
  fingerprint: string;
  /** Every failed try, oldest first, the last one included. */
  attempts: FailedTry[];
}

/** How a queue is. */
export interface QueueStats {
  queue: QueueName;
  /** Could run now: in the log or at the broker. */
  waiting: number;
  active: number;
  /** Run later: a back-off or a wait of their own. */
  delayed: number;
  /** Dead letters that nobody has replayed. */
  failed: number;
  /** Seconds that the oldest waiting task has waited; 0 when none waits. */
  oldestSeconds: number;
}

/**
 * Periodic work: every `everyS` seconds a task is appended, the first one at once. `offsetS`: at those moments whose seconds since 1970 leave
 * this remainder instead, such as always at the same time of the day.
 */
export type ScheduleDefinition = {
  [N in TaskName]: { name: string; task: N; payload: PayloadOf<N>; everyS: number; offsetS?: number };
}[TaskName];

/** The task was taken over, cancelled or ended: this run may not write any more. Not an error of the work. */
export class FenceLost extends VaultError {
  readonly name = 'FenceLost';
  readonly disposition = 'later';
}

export abstract class TaskStore {
  /**
   * Marks due tasks as handed over (`ready` to `queued`, next generation), the most urgent first, up to what each queue has
   * room for. Several relays may do so at once. Many that are due share wake-ups, as far as the catalog lets their queue do so; one whose
   * run has ended without an order before (it may be a poison pill) has a wake-up to itself.
   * @param bounds Most tasks that may lie at the broker, by queue. Queues that are not named are left alone.
   * @param broker Which broker they will be given to.
   */
  abstract takeReady(bounds: Partial<Record<QueueName, number>>, broker: string): Promise<WakeUp[]>;
  /**
   * Milliseconds until the next task of these queues is due; null when there is none. 0 when some are due already: no queue had room for
   * them, or another relay is taking them.
   */
  abstract nextDueMs(queues: readonly QueueName[]): Promise<number | null>;
  /** Far more tasks lie in the log than before: whatever was decided for an empty one (plans that are kept) is decided anew. Costs some 100 ms. */
  abstract noteFlood(): Promise<void>;
  /** Takes back what a broker did not accept or has lost: `queued` to `ready`, due after `delayMs`. Answers how many. */
  abstract putBack(generations: readonly Generation[], delayMs?: number): Promise<number>;
  /** Tasks that have been at a broker for longer than this without having been claimed or confirmed. */
  abstract staleQueued(olderThanMs: number, limit: number): Promise<HandedOver[]>;
  /** The broker still knows them: ask again after the same time. */
  abstract confirmQueued(generations: readonly Generation[]): Promise<void>;

  /** Begins a run. Null when the task is gone, or is being run, or was handed over anew since: the wake-up is void. */
  abstract claim(wakeUp: Generation, worker: string, leaseMs: number): Promise<ClaimedTask | null>;
  /** As `claim`, for the tasks of a chunk in one statement. Answers those whose run begins, in their order. */
  abstract claimAll(tasks: readonly Generation[], worker: string, leaseMs: number): Promise<ClaimedTask[]>;
  /** Holds the lease for another `leaseMs`. False when it is lost. */
  abstract renew(lease: Lease, leaseMs: number): Promise<boolean>;
  /** Locks the row until `tx` ends. @throws FenceLost */
  abstract assertHeld(tx: Tx, lease: Lease): Promise<void>;
  /**
   * The task is done: its row goes with `tx`. @throws FenceLost
   * @param redoable The commit of `tx` need not have reached the disk when it answers: see the catalog.
   */
  abstract finish(tx: Tx, lease: Lease, redoable?: boolean): Promise<void>;
  /** As `finish`, for a task that has nothing to write with its end. @throws FenceLost */
  abstract finishAlone(lease: Lease, redoable: boolean): Promise<void>;
  /** Counts a failure and runs the task again after `delayMs`. @throws FenceLost */
  abstract retry(lease: Lease, failure: Omit<FailedTry, 'at'>, delayMs: number): Promise<void>;
  /** Runs the task again after `delayMs` without counting anything; `work` goes with that, in one transaction. @throws FenceLost */
  abstract defer(lease: Lease, delayMs: number, work?: (tx: Tx) => Promise<void>): Promise<void>;
  /** As `defer`, at once and for runs that have not begun: another worker may have hands free. Those that are lost are passed over. */
  abstract handBack(leases: readonly Lease[]): Promise<void>;
  /** Ends the task in the dead-letter list; `onDead` writes what goes with it in the same transaction. @throws FenceLost */
  abstract bury(lease: Lease, burial: Burial, onDead?: (tx: Tx) => Promise<void>): Promise<void>;

  /** Tasks whose lease ran out are ready again. Answers how many. */
  abstract expireLeases(): Promise<number>;
  /** All handed-over and running tasks are ready again. Only for a process that knows that it is the only one. */
  abstract releaseAll(): Promise<number>;
  /** One entry per queue of the catalog. */
  abstract stats(): Promise<QueueStats[]>;
}

/** Periodic work. Implemented by `store`. */
export abstract class ScheduleStore {
  /** Makes the rows of these schedules, or brings them up to date; keeps `enabled`, and the next run unless its `offsetS` is another one. */
  abstract ensure(schedules: readonly ScheduleDefinition[]): Promise<void>;
  /**
   * Claims every schedule that is due and appends its task in the same transaction. A tick is claimed once however many
   * processes try; ticks missed while nothing ran are not made up for.
   * @returns Names of the claimed schedules.
   */
  abstract runDue(): Promise<string[]>;
}
