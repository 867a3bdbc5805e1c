import { type Prisma } from '../generated/client.ts';

/**
 * A value as Prisma stores it in a jsonb column. `undefined` members vanish; NUL and lone surrogates, which jsonb cannot hold,
 * are dropped or replaced, in keys too.
 */
export function toJson(value: unknown): Prisma.InputJsonValue {
  const text = JSON.stringify(value, (_key, member: unknown) => {
    if (typeof member === 'string') return storable(member);
    if (typeof member !== 'object' || member === null || Array.isArray(member)) return member;
    const entries = Object.entries(member);
    return entries.every(([key]) => key === storable(key))
      ? member
      : Object.fromEntries(entries.map(([key, inner]) => [storable(key), inner]));
  });
  return JSON.parse(text) as Prisma.InputJsonValue;
}

const storable = (text: string): string => text.replaceAll('\u0000', '').toWellFormed();
