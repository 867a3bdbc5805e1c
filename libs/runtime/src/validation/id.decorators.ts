import { Param } from '@nestjs/common';
import type { PipeTransform } from '@nestjs/common';
import { InvalidInput, NotFound } from '@vaultstream/contracts';
import { z } from 'zod';

/** The largest value of Postgres' `integer`, the type of content ids. */
const maxId = 2_147_483_647;

const uuid = z.uuid();

/** Checks one path parameter; its schema is what the OpenAPI document shows. */
export abstract class PathPipe<T> implements PipeTransform<string, T> {
  abstract readonly schema: z.ZodType;
  constructor(readonly name: string) {}
  abstract transform(value: string): T;
}

class IdPipe extends PathPipe<number> {
  readonly schema = z.int().min(1).max(maxId);

  transform(value: string): number {
    if (!/^\d+$/.test(value)) throw junk(this.name, 'must be a whole number');
    const id = Number(value);
    if (id < 1 || id > maxId) throw new NotFound('There is nothing with this id.');
    return id;
  }
}

class UuidPipe extends PathPipe<string> {
  readonly schema = uuid;

  transform(value: string): string {
    if (!uuid.safeParse(value).success) throw junk(this.name, 'must be a UUID');
    return value.toLowerCase();
  }
}

function junk(name: string, message: string): InvalidInput {
  const issue = { path: `path.${name}`, message };
  return new InvalidInput(`${issue.path}: ${message}`, [issue]);
}

/**
 * A content id in the path, as a number from 1 to 2147483647.
 * Digits beyond that range are an id that nobody has (NotFound); anything else is refused (InvalidInput).
 */
export function IdParam(name = 'id'): ParameterDecorator {
  return Param(name, new IdPipe(name));
}

/** Any other id in the path: a UUID, in lower case. Anything else is refused (InvalidInput). */
export function UuidParam(name = 'id'): ParameterDecorator {
  return Param(name, new UuidPipe(name));
}
