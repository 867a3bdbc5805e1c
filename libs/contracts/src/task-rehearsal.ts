import { z } from 'zod';
import type { PayloadOf, TaskName } from './tasks.ts';

/**
 * What a run of a task would come to, found out without writing anything. Verbs contribute rehearsals as they contribute handlers; an app
 * hands them to whoever asks. A task without one is only judged by what the rows say.
 */

/** `succeeds`: as far as could be tried; `waits`: it would put itself off; `idle`: it would end without doing anything. Errors are thrown. */
export const rehearsalOutcomes = ['succeeds', 'waits', 'idle'] as const;

export const rehearsalSchema = z.object({
  outcome: z.enum(rehearsalOutcomes),
  /** One sentence for people. */
  summary: z.string(),
  /** What was found, by the task's own names. No secrets. */
  facts: z.record(z.string(), z.unknown()),
});
export type Rehearsal = z.infer<typeof rehearsalSchema>;

export interface TaskRehearsal<N extends TaskName> {
  /**
   * Does as the handler would, without writing anything and without any call that has an effect.
   * @throws What the handler would throw.
   */
  rehearse(payload: PayloadOf<N>, signal: AbortSignal): Promise<Rehearsal>;
}

/** What a verb contributes, as a Nest provider: rehearsals under their task names. */
export interface RehearsalGroup {
  readonly rehearsals: { readonly [N in TaskName]?: TaskRehearsal<N> };
}
