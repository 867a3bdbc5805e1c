import { NotFound, Unsupported } from '@vaultstream/contracts';
import { raiseForStatus } from '@vaultstream/runtime';
import { cutAt } from './clean/text.ts';
import type { PlatformContext } from './platform.ts';

/** Bytes of the page at a short link; only its redirect is wanted. */
const maxBytes = 64 * 1024;
/** A short link may lead to another one. */
const maxSteps = 4;

/** What the addresses on the way of a short link are. */
export interface LinkReader<T> {
  /** What an address names; null when it names nothing that is read. */
  understand(url: URL): T | null;
  /** The one spelling of a short link of the platform, which may be asked where it leads; null for other addresses. */
  shortLinkOf(url: URL): string | null;
}

/**
 * Where a short link leads, by its redirects alone: only short links of the platform are asked, never the site behind them, and no cookie
 * goes along.
 * @throws NotFound for a dead link, Unsupported for one that leads to what is not read, and the errors of the client
 */
export async function followLink<T>(
  link: string,
  { http, signal }: PlatformContext,
  reader: LinkReader<T>,
): Promise<T> {
  const asked = new Set<string>();
  for (let next = link; !asked.has(next) && asked.size < maxSteps;) {
    asked.add(next);
    const answer = await http.fetch({ url: next, maxBytes, truncate: true, redirect: 'manual', signal });
    const location = answer.status >= 300 && answer.status < 400 ? answer.headers['location'] : undefined;
    if (location === undefined) raiseForStatus(answer);
    const target = location === undefined ? null : URL.parse(location, next);
    if (!target || !/^https?:$/.test(target.protocol)) throw new NotFound('the short link leads nowhere');
    const found = reader.understand(target);
    if (found !== null) return found;
    const further = reader.shortLinkOf(target);
    if (further === null)
      throw new Unsupported(
        `the short link leads to ${cutAt(target.host + target.pathname, 300)}, which is not read by this platform: share that address`,
      );
    next = further;
  }
  throw new NotFound('the short link leads round in circles');
}
