import { isIP } from 'node:net';
import ipaddr from 'ipaddr.js';

/** What may be connected to, and if not, why. */
export interface AddressVerdict {
  allowed: boolean;
  reason?: string;
}

/** Azure's wire server, an address of the public space that leads to the machine's own cloud. */
const cloudMetadata = '168.63.129.16';

/** All that IANA hands out as global unicast IPv6 addresses (its IPv6 address space registry). */
const globalUnicast = ipaddr.IPv6.parseCIDR('2000::/3');

/** The address without the brackets of a URL and without a zone (`%eth0`). */
export function bareAddress(host: string): string {
  return host.replace(/^\[(.*)\]$/s, '$1').split('%', 1)[0] ?? '';
}

/** One spelling per address, an IPv4-mapped IPv6 address as IPv4. `ip` must be an address. */
export function canonicalAddress(ip: string): string {
  return ipaddr.process(bareAddress(ip)).toString();
}

/** ISATAP (RFC 5214 section 6.1): an IPv4 address behind the interface identifier 0000:5efe or 0200:5efe, on any prefix. */
function isIsatap(address: ipaddr.IPv6): boolean {
  const [, , , , high, low] = address.parts;
  return (high === 0 || high === 0x200) && low === 0x5efe;
}

/**
 * Says whether an address is a public unicast one. An allow list: IPv6 must lie in 2000::/3; whatever IANA keeps for another purpose
 * is refused, and so is every IPv6 address that carries an IPv4 address inside (mapped, compatible, NAT64, 6to4, Teredo, ISATAP), a
 * public inner one included.
 *
 * @param ip IPv4 in four decimal parts, or IPv6 with or without brackets and zone. Anything else is refused.
 */
export function classifyAddress(ip: string): AddressVerdict {
  const bare = bareAddress(ip);
  if (isIP(bare) === 0) return { allowed: false, reason: 'not an address' };
  const address = ipaddr.parse(bare);
  const range = address.range();
  if (range !== 'unicast') return { allowed: false, reason: range };
  const reason = address instanceof ipaddr.IPv6 ? refusedIpv6(address) : refusedIpv4(address);
  return reason === null ? { allowed: true } : { allowed: false, reason };
}

/** Why an IPv4 address that ipaddr.js calls unicast is refused; null when it is not. */
const refusedIpv4 = (address: ipaddr.IPv4): string | null =>
  address.toString() === cloudMetadata ? 'cloud metadata' : null;

/** Why an IPv6 address that ipaddr.js calls unicast is refused; null when it is not. */
function refusedIpv6(address: ipaddr.IPv6): string | null {
  if (!address.match(globalUnicast)) return 'not global unicast';
  return isIsatap(address) ? 'ISATAP' : null;
}
