import { isIP } from 'node:net';
import { InvalidInput } from '@vaultstream/contracts';
import ipaddr from 'ipaddr.js';
import { canonicalAddress } from './address.ts';

type Ports = readonly number[] | 'any';
type Entry = { ports: Ports } & ({ name: string } | { range: [ipaddr.IPv4 | ipaddr.IPv6, number] });

const form = /^(?:\[(?<six>[^\]]+)\](?<bits>\/\d+)?|(?<other>[^:[\]]+))(?::(?<port>\d{1,5}|\*))?$/;

/** Lower case, without the dot of the DNS root. */
export function normalName(name: string): string {
  return name.toLowerCase().replace(/\.$/, '');
}

function parseEntry(text: string, unsaid: Ports): Entry {
  const bareSix = isIP(text.replace(/\/\d+$/, '')) === 6;
  const groups = bareSix ? { other: text } : form.exec(text)?.groups;
  const host = groups?.six === undefined ? groups?.other : `${groups.six}${groups.bits ?? ''}`;
  if (host === undefined || host === '') throw new InvalidInput(`"${text}" is not a host, an address or a CIDR`);
  const port = groups?.port;
  const ports = port === undefined ? unsaid : port === '*' ? 'any' : [Number(port)];
  if (isIP(host) !== 0) return { ports, range: [ipaddr.parse(host), isIP(host) === 4 ? 32 : 128] };
  if (ipaddr.isValidCIDR(host)) return { ports, range: ipaddr.parseCIDR(host) };
  if (host.includes('/')) throw new InvalidInput(`"${text}" is not a host, an address or a CIDR`);
  return { ports, name: normalName(host) };
}

/** An operator's list of hosts: names, addresses and CIDRs, each with an optional `:port` or `:*`; IPv6 with a port takes brackets. */
export class HostList {
  readonly #entries: Entry[];

  /**
   * @param unsaid Which ports an entry without a port means.
   * @throws InvalidInput naming an entry that cannot be read.
   */
  constructor(entries: readonly string[], unsaid: Ports) {
    this.#entries = entries.map((entry) => parseEntry(entry.trim(), unsaid));
  }

  get isEmpty(): boolean {
    return this.#entries.length === 0;
  }

  /** True when the list names this host (a name, or an address without brackets) at this port. */
  has(host: string, port: number): boolean {
    return this.#entries.some((entry) => matches(entry, host) && (entry.ports === 'any' || entry.ports.includes(port)));
  }
}

function matches(entry: Entry, host: string): boolean {
  if ('name' in entry) return entry.name === normalName(host);
  if (isIP(host) === 0) return false;
  const address = ipaddr.parse(canonicalAddress(host));
  return address.kind() === entry.range[0].kind() && address.match(entry.range);
}
