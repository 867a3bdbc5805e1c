import { NotFound, Unsupported } from '@vaultstream/contracts';
import { cutAt } from '../clean/text.ts';
import { openEnvelope, raiseForBilibili, type BilibiliContext } from './api.ts';
import { placeOf } from './hosts.ts';

/** The page at the end does not matter, only its address: bytes of it that are read at most. */
const maxBytes = 64 * 1024;

/** Seven or so letters and digits. Some kinds of thing have readable ones, such as `ep123`: what no kind knows of these is a page. */
const codePath = /^\/(?!(?:ss|ep|md|cv|au|av)\d+$)([A-Za-z0-9]{4,16})$/;

/** The one spelling of an opaque short link, such as `https://b23.tv/AbC1dEf`; null for other addresses. */
export function shortLinkOf(url: URL): string | null {
  const { on, path } = placeOf(url);
  const code = on === 'short' ? codePath.exec(path)?.[1] : undefined;
  return code === undefined ? null : `https://${url.hostname.replace(/\.$/, '')}/${code}`;
}

/**
 * Where a short link leads: the first address on its way that `understands` takes. Sends no cookie.
 * @throws NotFound for a dead link, Unsupported for one that leads to what is not read here, and the errors of the client.
 */
export async function followShortLink(
  link: string,
  ctx: BilibiliContext,
  understands: (url: URL) => boolean,
): Promise<URL> {
  const answer = await ctx.http.fetch({ url: link, maxBytes, truncate: true, signal: ctx.signal });
  const way = [...answer.redirects, answer.url].map((address) => new URL(address));
  const found = way.find((url) => url.href !== link && understands(url));
  // The thing's own page may be refused by risk control; its address is all that was wanted.
  if (found) return found;
  raiseForBilibili(answer);
  const { host, pathname } = new URL(answer.url);
  if (answer.redirects.length > 0)
    throw new Unsupported(
      `the short link leads to ${cutAt(host + pathname, 300)}, which is not read by this platform: share that address`,
    );
  // A dead code is answered with 200 and an envelope.
  openEnvelope(answer);
  throw new NotFound('the short link leads nowhere');
}
