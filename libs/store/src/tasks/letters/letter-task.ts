import {
  Conflict,
  taskNames,
  tasks as catalog,
  type AnyNewTask,
  type DeadLetterDetail,
  type TaskName,
} from '@vaultstream/contracts';
import type { LetterRow } from './letter-row.ts';

/** What it takes to append the task of a letter anew. */
export type TaskOfLetter = Pick<LetterRow, 'name' | 'payload' | 'priority' | 'dedupeKey' | 'requestId' | 'traceparent'>;

/** Whether this release can run the task of a letter. */
export function formOf({ name, payload }: Pick<LetterRow, 'name' | 'payload'>): DeadLetterDetail['form'] {
  const known = knownName(name);
  if (known === undefined) return 'unknown_task';
  return catalog[known].payload.safeParse(payload).success ? 'known' : 'unfit_payload';
}

/** The payload as this release reads it: ids only; null when it cannot. */
export function payloadOf({ name, payload }: Pick<LetterRow, 'name' | 'payload'>): Record<string, unknown> | null {
  const known = knownName(name);
  return known === undefined ? null : (catalog[known].payload.safeParse(payload).data ?? null);
}

/** The task of a letter, to be appended anew, in the trace of the first. @throws Conflict when this release does not know it. */
export function taskOf(letter: TaskOfLetter, delayMs: number): AnyNewTask {
  if (formOf(letter) !== 'known')
    throw new Conflict(`this release does not know the task "${letter.name}" in this form`);
  return {
    name: letter.name,
    payload: letter.payload,
    priority: letter.priority,
    delayMs,
    ...(letter.dedupeKey === null ? {} : { dedupeKey: letter.dedupeKey }),
    trace: { request_id: letter.requestId, traceparent: letter.traceparent },
  } as AnyNewTask;
}

const knownName = (name: string): TaskName | undefined => taskNames.find((known) => known === name);
