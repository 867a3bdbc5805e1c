import { isIP, isIPv4 } from 'node:net';
import { Refused } from '@vaultstream/contracts';
import { bareAddress, classifyAddress } from './address.ts';
import { invalid } from './errors.ts';
import { type HostList, normalName } from './host-list.ts';
import { nameRefusal } from './names.ts';
import type { HostOverrides } from './overrides.ts';
import { addressMayBeMeant, allowRemedy, nameMayBeMeant, RefusedPrivateHost } from './remedy.ts';
import { authorityOf } from './url-syntax.ts';

/** The port that an address leads to. */
export function portOf(url: URL): number {
  return url.port === '' ? (url.protocol === 'https:' ? 443 : 80) : Number(url.port);
}

/** What may be asked for, decided without any network: syntax, scheme, credentials, name, literal address, port. */
export class UrlPolicy {
  /** @param ports That any address may name. */
  constructor(
    private readonly allow: HostList,
    private readonly own: HostList,
    private readonly overrides: HostOverrides,
    private readonly ports: readonly number[],
  ) {}

  /**
   * @param raw The address as it was given.
   * @returns The parsed address, the host without a final dot.
   * @throws InvalidInput (malformed), Refused (policy).
   */
  check(raw: string): URL {
    const authority = authorityOf(raw);
    if (!URL.canParse(raw)) throw invalid('url', 'is not a valid address');
    const url = new URL(raw);
    if (url.hostname.endsWith('.')) url.hostname = normalName(url.hostname);
    if (this.overrides.find(url)) return url;
    const host = bareAddress(url.hostname);
    // 127.1, 0x7f.1, 2130706433 and circled digits: a person and a filter read them differently from a socket.
    if (isIPv4(host) && authority.replace(/:\d*$/, '') !== host)
      throw new Refused('a number that is not a plain IPv4 address is not allowed as a host');
    const refusal = isIP(host) === 0 ? this.#nameRefusal(host, portOf(url)) : this.addressRefusal(host, portOf(url));
    if (refusal !== null) throw this.privateHost(url, isIP(host) === 0 ? [] : [host], `${host} ${refusal}`);
    if (!this.ports.includes(portOf(url)) && !this.allow.has(host, portOf(url)))
      throw new Refused(`${host}: port ${portOf(url)} is not allowed`);
    return url;
  }

  /** Says why an address must not be connected to at this port, or null. For literals, and for each address that a name resolved to. */
  addressRefusal(address: string, port: number): string | null {
    if (this.allow.has(address, port)) return null;
    if (this.own.has(address, port)) return 'is one of our own addresses';
    const verdict = classifyAddress(address);
    return verdict.allowed ? null : `is not a public address (${verdict.reason})`;
  }

  /**
   * The error for a host that is refused as private; with what an operator can do about it, where he may have meant it.
   * @param addresses What the host is, or has resolved to; empty for a name that is refused as such.
   */
  privateHost(url: URL, addresses: readonly string[], message: string): Refused {
    const [host, port] = [bareAddress(url.hostname), portOf(url)];
    const meant =
      (isIP(host) !== 0 || nameMayBeMeant(host)) &&
      addresses.every((address) => addressMayBeMeant(address, this.own.has(address, port)));
    return meant ? new RefusedPrivateHost(message, allowRemedy(host, port, !this.allow.isEmpty)) : new Refused(message);
  }

  /** True when an operator has listed this very name: whatever it resolves to is meant. */
  trustsName(name: string, port: number): boolean {
    return isIP(name) === 0 && this.allow.has(name, port);
  }

  #nameRefusal(name: string, port: number): string | null {
    if (this.allow.has(name, port)) return null;
    return this.own.has(name, port) ? 'is one of our own names' : nameRefusal(name);
  }
}
