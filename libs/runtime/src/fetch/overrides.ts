import { normalName } from './host-list.ts';

/** Where a request really goes when its public host is mapped to another base URL. */
export interface OverriddenTarget {
  /** Of the base. */
  url: URL;
  headers: Record<string, string>;
}

/** The operator's map of public hosts to other base URLs: mirrors, sandboxes, tests. */
export class HostOverrides {
  readonly #bases: ReadonlyMap<string, URL>;

  constructor(map: ReadonlyMap<string, URL> = new Map()) {
    this.#bases = new Map([...map].map(([host, base]) => [normalName(host), base]));
  }

  /** The base for a public address, by `host:port` first, then by host. */
  find(url: URL): URL | undefined {
    return this.#bases.get(url.host) ?? this.#bases.get(url.hostname);
  }

  /**
   * A server behind an override may build absolute redirects from its own Host. Such an address is put back under the public name, so that
   * the next hop passes the policy and the override again; the base itself is never a public target.
   *
   * @param location Absolute, as written.
   * @param from The public address that redirected.
   * @returns The same text unless it names the base.
   */
  toPublic(location: string, from: URL): string {
    const base = this.find(from);
    if (base === undefined || !URL.canParse(location)) return location;
    const target = new URL(location);
    if (target.origin !== base.origin) return location;
    const prefix = pathPrefix(base);
    const path = target.pathname.startsWith(`${prefix}/`) ? target.pathname.slice(prefix.length) : target.pathname;
    return `${from.origin}${path}${target.search}${target.hash}`;
  }
}

/** The base's path comes first; the public host rides along in `X-Forwarded-Host`, while Host names the base. */
export function throughOverride(url: URL, base: URL): OverriddenTarget {
  const target = new URL(base.origin);
  target.pathname = `${pathPrefix(base)}${url.pathname}`;
  target.search = url.search;
  return { url: target, headers: { 'x-forwarded-host': url.host } };
}

function pathPrefix(base: URL): string {
  return base.pathname.replace(/\/$/, '');
}
