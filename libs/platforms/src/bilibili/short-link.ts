import { NotFound, Unsupported } from '@vaultstream/contracts';
import { cutAt } from '../clean/text.ts';
import { normalizePercent } from '../url/percent.ts';
import { openEnvelope, raiseForBilibili, type BilibiliContext } from './api.ts';

/** The page at the end does not matter, only its address: bytes of it that are read at most. */
const maxBytes = 64 * 1024;

/** Seven or so letters and digits. Series, articles and the like have readable ones, such as `ep123`: pages, as their long addresses are. */
const codePath = /^\/(?!(?:ss|ep|md|cv|au)\d+\/?$)([A-Za-z0-9]{4,16})\/?$/;

/** The one spelling of an opaque short link, such as `https://b23.tv/AbC1dEf`; null for other addresses. */
export function shortLinkOf(url: URL): string | null {
  if (url.hostname.replace(/\.$/, '') !== 'b23.tv') return null;
  const code = codePath.exec(normalizePercent(url.pathname))?.[1];
  return code === undefined ? null : `https://b23.tv/${code}`;
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
  // The video's own page may be refused by risk control; its address is all that was wanted.
  if (found) return found;
  raiseForBilibili(answer);
  const { host, pathname } = new URL(answer.url);
  if (answer.redirects.length > 0)
    throw new Unsupported(
      `the short link leads to ${cutAt(host + pathname, 300)}, which is not read by this platform: share that address`,
    );
  // A dead code is answered with 200 and an envelope.
  openEnvelope(answer.body);
  throw new NotFound('the short link leads nowhere');
}
