import type { InputIssue } from '@vaultstream/contracts';
import type { z } from 'zod';

/** The part of a request that a schema describes. */
export type InputPlace = 'body' | 'query' | 'path';

/** An answer lists at most this many issues: a hostile body must not make a long one. */
const maxIssues = 20;
/** Characters of a field name that are echoed. */
const maxPathLength = 100;

/** `body.tags.0`, `query.limit`, `path.id`; `body` alone when the whole is wrong. Unknown fields are named one by one. */
export function toInputIssues(place: InputPlace, issues: readonly z.core.$ZodIssue[]): InputIssue[] {
  return issues.flatMap((issue) => toIssues(place, issue)).slice(0, maxIssues);
}

function toIssues(place: InputPlace, issue: z.core.$ZodIssue): InputIssue[] {
  if (issue.code === 'unrecognized_keys')
    return issue.keys.slice(0, maxIssues).map((key) => ({
      path: pathOf(place, [...issue.path, key]),
      message: 'is not a known field',
    }));
  const missing = issue.code === 'invalid_type' && issue.message.endsWith('received undefined');
  return [{ path: pathOf(place, issue.path), message: missing ? 'is required' : issue.message }];
}

function pathOf(place: InputPlace, path: readonly PropertyKey[]): string {
  return [place, ...path.map(String)].join('.').slice(0, maxPathLength);
}
