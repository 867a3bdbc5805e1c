import type { PipeTransform } from '@nestjs/common';
import { InvalidInput } from '@vaultstream/contracts';
import type { z } from 'zod';
import { UnreadBody } from '../http/unread-body.ts';
import { toInputIssues, type InputPlace } from './zod-issues.ts';

/** Parses one part of a request by a zod schema; what reaches the handler is the schema's output. */
export class ZodPipe<S extends z.ZodType> implements PipeTransform<unknown, z.output<S>> {
  constructor(
    readonly schema: S,
    readonly place: InputPlace,
  ) {}

  /** @throws InvalidInput naming each wrong field, or why there is nothing to read. */
  transform(value: unknown): z.output<S> {
    if (value instanceof UnreadBody) throw value.error;
    const result = this.schema.safeParse(value);
    if (result.success) return result.data;
    const issues = toInputIssues(this.place, result.error.issues);
    throw new InvalidInput(summary(issues), issues);
  }
}

function summary(issues: { path: string; message: string }[]): string {
  const [first] = issues;
  if (!first) return 'The request is not valid.';
  const more = issues.length > 1 ? ` (and ${issues.length - 1} more)` : '';
  return `${first.path}: ${first.message}${more}`;
}
