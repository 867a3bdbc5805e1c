import { normalizePercent } from './percent.ts';
import { isTrackingParameter } from './tracking-parameters.ts';

/** Longest URL that anything here looks at: UTF-16 units, as it was written and as a URL parser spells it. */
export const maxUrlLength = 2_048;

/**
 * The one spelling of a web address, or null for what cannot be one: other schemes, credentials, an empty label in the host, a length
 * above the limit. Pure and idempotent. Lower case, punycode, dot segments and default ports are the work of the WHATWG parser.
 *
 *  - `http` becomes `https`, except with an explicit port, where the two are different services.
 *  - Parameters are sorted by name (equal names keep their order). A site whose pages depend on the order would be taken for one page.
 *  - The fragment goes, except `#!...` and `#/...`: there it is the route of a single-page site, and dropping it would merge all its pages.
 *  - `www.`, duplicate slashes, a trailing slash and the case of the path stay: servers differ on them, and `rel=canonical` merges them.
 */
export function canonicalWebUrl(url: URL): string | null {
  if (url.protocol !== 'http:' && url.protocol !== 'https:') return null;
  if (url.username !== '' || url.password !== '' || url.href.length > maxUrlLength) return null;
  const host = url.hostname.replace(/\.$/, '');
  if (host === '' || host.split('.').includes('')) return null;
  const scheme = url.port === '' ? 'https:' : url.protocol;
  const port = url.port === '' ? '' : `:${url.port}`;
  const path = normalizePercent(url.pathname);
  const canonical = `${scheme}//${host}${port}${path}${canonicalQuery(url.search)}${routeOf(url.hash)}`;
  return canonical.length <= maxUrlLength ? canonical : null;
}

function canonicalQuery(search: string): string {
  const parameters = search
    .slice(1)
    .split('&')
    .filter((part) => part !== '')
    .map((part) => {
      const text = normalizePercent(part);
      return { text, name: text.split('=', 1)[0] ?? '' };
    })
    .filter(({ name }) => !isTrackingParameter(decoded(name)))
    .sort((a, b) => (a.name < b.name ? -1 : a.name > b.name ? 1 : 0));
  return parameters.length === 0 ? '' : `?${parameters.map(({ text }) => text).join('&')}`;
}

function routeOf(hash: string): string {
  return /^#[!/]./.test(hash) ? normalizePercent(hash) : '';
}

function decoded(name: string): string {
  try {
    return decodeURIComponent(name);
  } catch {
    return name;
  }
}
