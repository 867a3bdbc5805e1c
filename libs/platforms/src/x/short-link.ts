import { NotFound, Unsupported } from '@vaultstream/contracts';
import { raiseForStatus } from '@vaultstream/runtime';
import { cutAt, decodeEntities } from '../clean/text.ts';
import { normalizePercent } from '../url/percent.ts';
import type { XContext } from './source.ts';
import { statusIdOf } from './status-address.ts';

const hosts = new Set(['t.co', 'pic.twitter.com', 'pic.x.com']);
const codePath = /^\/([A-Za-z0-9]{4,32})\/?$/;
/** A browser gets a page that leads on by itself. */
const refresh = /http-equiv=["']?refresh["']?[^>]{0,200}?url=\s*([^"'>\s]{1,2000})/i;
/** Bytes of such a page. */
const maxBytes = 64 * 1024;
/** A short link may lead to another one of X. */
const maxSteps = 3;

/** The one spelling of a short link of X, such as `https://t.co/AbC1dEf`; null for other addresses. */
export function shortLinkOf(url: URL): string | null {
  const host = url.hostname.replace(/\.$/, '');
  const code = hosts.has(host) ? codePath.exec(normalizePercent(url.pathname))?.[1] : undefined;
  return code === undefined ? null : `https://${host}/${code}`;
}

/**
 * The post that a short link leads to. Only X's own short links are asked, never the site behind them.
 * @throws NotFound for a dead link, Unsupported for one that leads to something else, and the errors of the client
 */
export async function followShortLink(link: string, ctx: XContext): Promise<string> {
  let next: string | null = link;
  for (let step = 0; next !== null && step < maxSteps; step++) {
    const target = await targetOf(next, ctx);
    const id = statusIdOf(target);
    if (id !== null) return id;
    next = shortLinkOf(target);
    if (next === null)
      throw new Unsupported(
        `the short link leads to ${cutAt(target.host + target.pathname, 300)}, which is no post of X: share that address`,
      );
  }
  throw new NotFound('the short link leads round in circles');
}

async function targetOf(link: string, ctx: XContext): Promise<URL> {
  const answer = await ctx.http.fetch({ url: link, maxBytes, truncate: true, redirect: 'manual', signal: ctx.signal });
  const redirected = answer.status >= 300 && answer.status < 400 ? answer.headers['location'] : undefined;
  if (redirected === undefined) raiseForStatus(answer);
  const written = redirected ?? decodeEntities(refresh.exec(answer.body.toString('utf8'))?.[1] ?? '');
  const target = written === '' ? null : URL.parse(written, link);
  if (!target || !/^https?:$/.test(target.protocol)) throw new NotFound('the short link leads nowhere');
  return target;
}
