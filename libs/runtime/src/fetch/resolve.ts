import { lookup, Resolver } from 'node:dns/promises';
import { Unreached } from './errors.ts';

/** The two questions that we ask. `Resolver` of node:dns/promises fits. */
export interface NameResolver {
  resolve4(name: string): Promise<string[]>;
  resolve6(name: string): Promise<string[]>;
}

/** How many addresses of a name are looked at and connected to: an answer with a thousand records costs no more than one with ten. */
const maxAddresses = 10;

/** c-ares: no thread of the pool that file I/O and picture conversion share, no hosts file, no search domains. */
export function strangersResolver(): NameResolver {
  return new Resolver({ timeout: 1_500, tries: 2, maxTimeout: 3_000 });
}

/** The system's resolver, for names that an operator configured: hosts file, search domains and `localhost` work. */
export const systemResolver: NameResolver = {
  resolve4: async (name) => (await lookup(name, { all: true, family: 4 })).map((entry) => entry.address),
  resolve6: async (name) => (await lookup(name, { all: true, family: 6 })).map((entry) => entry.address),
};

/**
 * Asks once for A and AAAA.
 *
 * @returns The first ten addresses, IPv4 first. At least one.
 * @throws Unreached when there is none.
 */
export async function resolveName(name: string, resolver: NameResolver): Promise<string[]> {
  const answers = await Promise.allSettled([resolver.resolve4(name), resolver.resolve6(name)]);
  const addresses = answers.flatMap((answer) => (answer.status === 'fulfilled' ? answer.value : []));
  if (addresses.length > 0) return addresses.slice(0, maxAddresses);
  const failure = answers.find((answer) => answer.status === 'rejected');
  const cause: unknown = failure?.reason;
  const code = cause instanceof Error && 'code' in cause ? String(cause.code) : 'no address';
  throw new Unreached(`cannot be resolved (${code})`, { cause });
}
