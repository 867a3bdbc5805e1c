import { Prisma } from '../generated/client.ts';

/** A value as Prisma stores it in a jsonb column. `undefined` members vanish; NUL and lone surrogates, which
 * jsonb cannot hold, are dropped or replaced. */
export function toJson(value: unknown): Prisma.InputJsonValue {
  const text = JSON.stringify(value, (_key, member: unknown) =>
    typeof member === 'string' ? member.replaceAll('\u0000', '').toWellFormed() : member,
  );
  return JSON.parse(text) as Prisma.InputJsonValue;
}

/** As `toJson`, with `null` written as SQL NULL. */
export function toJsonOrNull(value: unknown): Prisma.InputJsonValue | typeof Prisma.DbNull {
  return value === null || value === undefined ? Prisma.DbNull : toJson(value);
}
