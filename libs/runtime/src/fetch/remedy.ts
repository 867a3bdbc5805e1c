import { isIP } from 'node:net';
import { Refused, type VaultError } from '@vaultstream/contracts';
import ipaddr from 'ipaddr.js';
import { bareAddress } from './address.ts';
import { nameRefusal } from './names.ts';

/** Our policy for private addresses refuses a host that its operator may have meant. */
export class RefusedPrivateHost extends Refused {
  /** @param remedy Whole sentences: what an operator does so that it is allowed. */
  constructor(
    message: string,
    readonly remedy: string,
  ) {
    super(message);
  }
}

/**
 * The message of an error, and after it what an operator can do about it, where there is something. For answers to whoever has named the
 * address himself, and never for an address that a page, a feed or a redirect has named.
 */
export function explainRefusal(error: VaultError): string {
  return 'remedy' in error && typeof error.remedy === 'string' ? `${error.message}. ${error.remedy}` : error.message;
}

/** Ranges in which people have machines of their own. Link-local addresses are not among them: clouds keep credentials there. */
const ownRanges = new Set(['loopback', 'private', 'uniqueLocal', 'carrierGradeNat']);

/** Where clouds and clusters hand out credentials, beyond the link-local ranges. Nobody should be told how to open these. */
const credentialAddresses = ['100.100.100.200/32', '168.63.129.16/32', 'fd00:ec2::/32', 'fd20:ce::/32'];
const credentialRanges = credentialAddresses.map((cidr) => ipaddr.parseCIDR(cidr));
const credentialNames = /^(?:metadata|instance-data|kubernetes)(?:\.|$)/;

/** Names that the list could allow, and that still lead nowhere. */
const unreachableNames = /\.(?:onion|i2p|invalid)$/;

/** True when an operator may have a reason to allow this address although it is refused. @param own It is one of this machine. */
export function addressMayBeMeant(address: string, own: boolean): boolean {
  // As it is written: an IPv4 address inside an IPv6 one is not among the ranges, and no list could allow it in that spelling.
  const bare = bareAddress(address);
  if (isIP(bare) === 0) return false;
  const parsed = ipaddr.parse(bare);
  if (credentialRanges.some((range) => parsed.kind() === range[0].kind() && parsed.match(range))) return false;
  const range = parsed.range();
  return ownRanges.has(range) || (own && range === 'unicast');
}

/** True when an operator may have a reason to allow this name although it is refused. */
export function nameMayBeMeant(name: string): boolean {
  if (credentialNames.test(name) || unreachableNames.test(name)) return false;
  // A name of the wrong form is no host, whatever a list says.
  return nameRefusal(`${name}.example.org`) === null;
}

/**
 * What an operator writes so that a host is allowed.
 * @param host A name, or an address without brackets.
 * @param others True when the list has other entries, which must stay.
 */
export function allowRemedy(host: string, port: number, others: boolean): string {
  const entry = `${isIP(host) === 6 ? `[${host}]` : host}:${port}`;
  const change = others
    ? `add ,${entry} to the end of the line FETCH_ALLOW_HOSTS in .env (or in the environment)`
    : `write the line FETCH_ALLOW_HOSTS=${entry} into .env (or into the environment)`;
  return `If this host is yours and you mean it, ${change} and restart VaultStream.`;
}
