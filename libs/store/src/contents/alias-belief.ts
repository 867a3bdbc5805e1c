import { Prisma } from '../generated/client.ts';

/**
 * How long a share believes that an address leads to a content, once a fetch has shown it. After that the address is read again: its owner
 * may have let it lead elsewhere. What the platform's own id tells is believed for ever.
 */
const aliasBelief = Prisma.sql`interval '1 day'`;

/** SQL: until when an alias is believed that was seen now. @param lasting The platform's own id has told it, or a person. */
export const believedUntil = (lasting: boolean): Prisma.Sql =>
  lasting ? Prisma.sql`'infinity'::timestamptz` : Prisma.sql`now() + ${aliasBelief}`;
