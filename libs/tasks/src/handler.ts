import type { Later, PayloadOf, QueueName, TaskName, TaskNameOf, Tx } from '@vaultstream/contracts';
import type { Logger } from '@vaultstream/runtime';

/** What a handler gets beside its payload. One context is one claimed run of one task. */
export interface TaskContext {
  taskId: string;
  /** 1 for the first try. Runs that ended in `Later` or an infrastructure error do not count. */
  attempt: number;
  maxAttempts: number;
  /** Fires on time-out, on a lost lease and when the process has to stop. */
  signal: AbortSignal;
  logger: Logger;
  /**
   * Stops the run's clock, until what is returned is called: for a wait in a line of our own, which is nobody's fault. The lease is kept meanwhile.
   */
  hold(): () => void;
  /**
   * A transaction on the way (such as "PROCESSING" or "part claimed"): commits only while this run still holds the task.
   * @throws FenceLost when another run has taken over; the handler just lets it pass.
   */
  transact<T>(work: (tx: Tx) => Promise<T>): Promise<T>;
  /**
   * The last transaction: deletes the task row and commits `work` together with that. At most once a run; a handler that
   * returns without it commits nothing but the deletion.
   * @throws FenceLost as `transact`.
   */
  commit<T>(work: (tx: Tx) => Promise<T>): Promise<T>;
  /**
   * As throwing this `Later`, but `work` commits together with it: what the task waits for can then be locked and looked at once more,
   * so that whoever ends the wait finds the task waiting. In place of `commit`, and the handler's last act.
   * @throws FenceLost as `transact`.
   */
  defer(later: Later, work: (tx: Tx) => Promise<void>): Promise<void>;
}

/** The final error of a task, as it is written to the dead letter. */
export interface TaskFailure {
  /** Constant name, such as `NotFound`. */
  errorType: string;
  message: string;
  stack: string | null;
  /** Every failed try, oldest first. */
  attempts: { at: string; type: string; message: string }[];
}

/** Does one kind of task. Throws; never retries by itself. */
export interface TaskHandler<N extends TaskName> {
  run(payload: PayloadOf<N>, context: TaskContext): Promise<void>;
  /** Writes the domain state that goes with the end (such as FAILED), in the transaction of the dead letter. */
  onDead?(payload: PayloadOf<N>, failure: TaskFailure, tx: Tx): Promise<void>;
}

/** Handlers by task name: what a verb contributes, as a Nest provider with a `handlers` member. */
export type Handlers<N extends TaskName> = { [K in N]: TaskHandler<K> };

/** Exactly the handlers that a process serving these queues must have. */
export type HandlersOfQueues<Q extends QueueName> = Handlers<TaskNameOf<Q>>;
