import type { DynamicModule } from '@nestjs/common';
import type { QueueName, ScheduleDefinition } from '@vaultstream/contracts';
import type { GroupsFor, HandlerGroup } from './compose-handlers.ts';

/** A provider that bears a group of handlers. */
export type HandlerGroupClass = new (...args: never[]) => HandlerGroup;
type Instances<Cs extends readonly unknown[]> = {
  [I in keyof Cs]: Cs[I] extends new (...args: never[]) => infer G ? G : never;
};
/** Classes whose groups do every task of the queues `Q` once. Anything else does not compile. */
type ClassesFor<Q extends QueueName, Cs extends readonly unknown[]> =
  Instances<Cs> extends GroupsFor<Q, Instances<Cs>> ? Cs : Cs & Omit<GroupsFor<Q, Instances<Cs>>, keyof Instances<Cs>>;

export interface TasksOptions<Q extends QueueName = QueueName, Cs extends readonly unknown[] = HandlerGroupClass[]> {
  /** The queues served here; all, unless said otherwise. */
  queues?: readonly Q[];
  /** The handler groups of the verbs, as their modules export them. */
  groups: ClassesFor<Q, Cs>;
  /** The modules that export them. */
  imports?: DynamicModule['imports'];
  /** Carry tasks from the log to the broker here? True unless said otherwise. Any number of processes may. */
  relay?: boolean;
  /** Periodic work; given: schedules run here. */
  schedules?: readonly ScheduleDefinition[];
  /** No other process runs tasks of this database: what was running when we start was killed, and starts at once. */
  soleOwner?: boolean;
  /** Milliseconds that running tasks have to end when the process stops (20,000). */
  stopDeadlineMs?: number;
}
