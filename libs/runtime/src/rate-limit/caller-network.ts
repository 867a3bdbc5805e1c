import ipaddr from 'ipaddr.js';

/** Bits of an IPv6 address that one caller is given at least (RFC 6177): the rest is his to choose, with each request anew. */
const ipv6Bits = 64;
/** `203.0.113.7:4711`, `[2001:db8::1]` and `[2001:db8::1]:4711`, as some proxies write them. */
const dressed = /^(?:\[(?<v6>[^\]]+)\](?::\d+)?|(?<v4>[\d.]+):\d+)$/;

/** What strangers are counted by: an IPv4 address, or the /64 network of an IPv6 one. Whatever is no address is one caller: `nowhere`. */
export function callerNetwork(given: string): string {
  const { v6, v4 } = dressed.exec(given)?.groups ?? {};
  const address = v6 ?? v4 ?? given;
  if (!ipaddr.isValid(address)) return 'nowhere';
  const parsed = ipaddr.process(address);
  if (!(parsed instanceof ipaddr.IPv6)) return parsed.toString();
  return `${ipaddr.IPv6.networkAddressFromCIDR(`${parsed.toNormalizedString()}/${ipv6Bits}`).toString()}/${ipv6Bits}`;
}
