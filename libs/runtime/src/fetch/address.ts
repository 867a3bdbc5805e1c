import { isIP } from 'node:net';
import ipaddr from 'ipaddr.js';

/** What may be connected to, and if not, why. */
export interface AddressVerdict {
  allowed: boolean;
  reason?: string;
}

/** Ranges that ipaddr.js calls unicast and that still do not lead to a public host. */
const leaks: [cidr: string, reason: string][] = [
  ['::/96', 'IPv4-compatible'], // RFC 4291 section 2.5.5.1, deprecated
  ['100:0:0:1::/64', 'dummy prefix'], // RFC 9780
  ['168.63.129.16/32', 'cloud metadata'], // Azure's wire server, an address of the public space
];
const refusedRanges = leaks.map(([cidr, reason]) => ({ range: ipaddr.parseCIDR(cidr), reason }));

/** The address without the brackets of a URL and without a zone (`%eth0`). */
export function bareAddress(host: string): string {
  return host.replace(/^\[(.*)\]$/s, '$1').replace(/%.*$/s, '');
}

/** One spelling per address, an IPv4-mapped IPv6 address as IPv4. `ip` must be an address. */
export function canonicalAddress(ip: string): string {
  return ipaddr.process(bareAddress(ip)).toString();
}

/** ISATAP (RFC 5214 section 6.1): an IPv4 address behind the interface identifier 0000:5efe or 0200:5efe, on any prefix. */
function isIsatap(address: ipaddr.IPv4 | ipaddr.IPv6): boolean {
  if (!(address instanceof ipaddr.IPv6)) return false;
  const [, , , , high, low] = address.parts;
  return (high === 0 || high === 0x200) && low === 0x5efe;
}

/**
 * Says whether an address is a public unicast one. An allow list: whatever IANA keeps for another purpose is refused, and so is every IPv6
 * address that carries an IPv4 address inside (mapped, compatible, NAT64, 6to4, Teredo, ISATAP), a public inner one included.
 *
 * @param ip IPv4 in four decimal parts, or IPv6 with or without brackets and zone. Anything else is refused.
 */
export function classifyAddress(ip: string): AddressVerdict {
  const bare = bareAddress(ip);
  if (isIP(bare) === 0) return { allowed: false, reason: 'not an address' };
  const address = ipaddr.parse(bare);
  const range = address.range();
  if (range !== 'unicast') return { allowed: false, reason: range };
  if (isIsatap(address)) return { allowed: false, reason: 'ISATAP' };
  const leak = refusedRanges.find((entry) => entry.range[0].kind() === address.kind() && address.match(entry.range));
  return leak ? { allowed: false, reason: leak.reason } : { allowed: true };
}
