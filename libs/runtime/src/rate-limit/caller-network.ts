import ipaddr from 'ipaddr.js';

/** Bits of an IPv6 address that one caller is given at least (RFC 6177): the rest is his to choose, with each request anew. */
const ipv6Bits = 64;

/** What strangers are counted by: an IPv4 address, or the /64 network of an IPv6 one. Anything else stays as it is. */
export function callerNetwork(address: string): string {
  if (!ipaddr.isValid(address)) return address;
  const parsed = ipaddr.process(address);
  if (!(parsed instanceof ipaddr.IPv6)) return parsed.toString();
  return `${ipaddr.IPv6.networkAddressFromCIDR(`${parsed.toNormalizedString()}/${ipv6Bits}`).toString()}/${ipv6Bits}`;
}
