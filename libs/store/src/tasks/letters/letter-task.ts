import {
  Conflict,
  taskNames,
  tasks as catalog,
  type AnyNewTask,
  type DeadLetterDetail,
  type TaskName,
} from '@vaultstream/contracts';
import { currentTrace, formatTraceparent, linksTo, newContext, spanTraceparent, tracer } from '@vaultstream/runtime';
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

/** The task of a letter, to be appended anew, in a trace of its own. @throws Conflict when this release does not know it. */
export function taskOf(letter: TaskOfLetter, delayMs: number): AnyNewTask {
  if (formOf(letter) !== 'known')
    throw new Conflict(`this release does not know the task "${letter.name}" in this form`);
  return {
    name: letter.name,
    payload: letter.payload,
    priority: letter.priority,
    delayMs,
    ...(letter.dedupeKey === null ? {} : { dedupeKey: letter.dedupeKey }),
    trace: { request_id: letter.requestId, traceparent: beginReplay(letter) },
  } as AnyNewTask;
}

/**
 * A replay is a trace of its own: the first one may be weeks old, and long. Its first span links to that, and to the request that asks.
 * @returns The span, as `traceparent`.
 */
function beginReplay({ name, traceparent }: TaskOfLetter): string {
  const links = [
    ...linksTo(traceparent, { 'vaultstream.link': 'dead_letter' }),
    ...linksTo(currentTrace().traceparent, { 'vaultstream.link': 'request' }),
  ];
  const span = tracer.startSpan(`replay ${name}`, { root: true, links, attributes: { 'vaultstream.task.name': name } });
  span.end();
  return spanTraceparent(span.spanContext()) ?? formatTraceparent(newContext(null, null));
}

const knownName = (name: string): TaskName | undefined => taskNames.find((known) => known === name);
