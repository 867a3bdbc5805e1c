import { taskNames, tasks, type QueueName, type TaskName, type TaskNameOf } from '@vaultstream/contracts';
import type { Handlers, HandlersOfQueues, TaskHandler } from './handler.ts';

/** What a verb contributes: some handlers under their task names. */
export interface HandlerGroup {
  readonly handlers: { readonly [N in TaskName]?: TaskHandler<N> };
}

type NamesOf<G> = G extends { readonly handlers: infer H } ? keyof H & TaskName : never;

/** Task names that more than one of these groups handles. */
type Doubled<Gs extends readonly unknown[]> = Gs extends readonly [infer Head, ...infer Rest]
  ? (NamesOf<Head> & NamesOf<Rest[number]>) | Doubled<Rest>
  : never;

/** Nothing to demand, or a member that no group has and whose name says what is wrong. */
type Distinct<Gs extends readonly unknown[]> = [Doubled<Gs>] extends [never]
  ? unknown
  : { 'two groups handle the task': Doubled<Gs> };
type Complete<Q extends QueueName, Gs extends readonly unknown[]> = [
  Exclude<TaskNameOf<Q>, NamesOf<Gs[number]>>,
] extends [never]
  ? unknown
  : { 'no group handles the task': Exclude<TaskNameOf<Q>, NamesOf<Gs[number]>> };

/** Handler groups that, together, do every task of the queues `Q` once. Anything else does not compile. */
export type GroupsFor<Q extends QueueName, Gs extends readonly unknown[]> = Gs & Distinct<Gs> & Complete<Q, Gs>;

/**
 * One table out of many groups. A missing or doubled handler does not compile, and (where types were cast away) throws.
 * @param queues What the process serves.
 * @throws Error that says what to add or remove.
 */
export function composeHandlers<const Q extends QueueName, const Gs extends readonly HandlerGroup[]>(
  queues: readonly Q[],
  groups: GroupsFor<Q, Gs>,
): HandlersOfQueues<Q> {
  return composeNamedHandlers(
    queues,
    groups.map((group, index) => ({ source: `group ${index + 1}`, handlers: group.handlers })),
  ) as HandlersOfQueues<Q>;
}

/**
 * The check at boot: as `composeHandlers`, for groups that are known by name only.
 * @param groups `source` is what the message calls a group, such as the name of its class.
 * @throws Error that says what to add or remove.
 */
export function composeNamedHandlers(
  queues: readonly QueueName[],
  groups: readonly { source: string; handlers: HandlerGroup['handlers'] }[],
): Partial<Handlers<TaskName>> {
  const table: Record<string, unknown> = {};
  const sources = new Map<string, string>();
  const problems: string[] = [];
  for (const { source, handlers } of groups)
    for (const [name, handler] of Object.entries(handlers)) {
      const other = sources.get(name);
      if (!taskNames.some((known) => known === name))
        problems.push(
          `${source} handles "${name}", which is not in libs/contracts/src/tasks.ts: add it there or remove the handler`,
        );
      else if (other !== undefined)
        problems.push(`"${name}" has two handlers, in ${other} and in ${source}: remove one`);
      sources.set(name, source);
      table[name] = handler;
    }
  for (const name of taskNames)
    if (queues.includes(tasks[name].queue) && !sources.has(name))
      problems.push(
        `"${name}" has no handler but its queue "${tasks[name].queue}" is served here: add the handler to the group of its verb, and the group to TasksModule.forRoot({ handlers })`,
      );
  if (problems.length > 0) throw new Error(`Task handlers do not fit the task catalog.\n- ${problems.join('\n- ')}`);
  return table;
}
