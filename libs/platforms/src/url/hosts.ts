import { getDomain, parse } from 'tldts';

/** True when `hostname` is one of `hosts` or below one of them; compared by labels, so `notx.com` is not `x.com`. */
export function isHostOf(hostname: string, hosts: readonly string[]): boolean {
  const name = hostname.toLowerCase().replace(/\.$/, '');
  return hosts.some((host) => name === host || name.endsWith(`.${host}`));
}

/** True when both URLs belong to the same registrable domain by the Public Suffix List, its private part included (`a.github.io` is not `b.github.io`). */
export function isSameSite(a: URL, b: URL): boolean {
  if (a.hostname === b.hostname) return true;
  const domain = getDomain(a.hostname, { allowPrivateDomains: true });
  return domain !== null && domain === getDomain(b.hostname, { allowPrivateDomains: true });
}

/** Whose page it is: the registrable domain as above, or the host where there is none. Other names below one's own domain cost nothing. */
export function siteOf(url: string): string {
  const hostname = URL.parse(url)?.hostname ?? '';
  return getDomain(hostname, { allowPrivateDomains: true }) ?? hostname;
}

/** The label that names a site: `example` of `www.example.co.uk`; null for addresses and bare suffixes. */
export function siteLabel(hostname: string): string | null {
  return parse(hostname, { allowPrivateDomains: true }).domainWithoutSuffix;
}

/** True for a name below a suffix that the root zone knows: tells `example.com` from `photo.jpg`. */
export function isPublicName(hostname: string): boolean {
  const { isIcann, domain, isIp } = parse(hostname);
  return isIcann === true && domain !== null && isIp !== true;
}
