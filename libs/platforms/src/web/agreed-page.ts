import { decodeText, raiseForStatus } from '@vaultstream/runtime';
import { showSamePage, type ShownPage } from '@vaultstream/contracts';
import type { ParseTarget, PlatformContext } from '../platform.ts';
import { canonicalWebUrl } from '../url/canonical-url.ts';
import { fetchPage } from './fetch-page.ts';
import { claimedAddress, redirectedTo } from './learned-address.ts';
import { refuseObstacles } from './obstacles.ts';
import type { ExtractedPage } from './page.ts';
import { isPage, type AgreedPage } from './to-content.ts';

type ReadPage = Pick<AgreedPage, 'answer' | 'page'>;

/**
 * Looks whether the page at the address that this one names as its canonical one agrees. It does when it calls itself by that address, or
 * nothing else, and shows the same: then it is the content, so that a content is always what its own address gives. Otherwise anybody could
 * speak for his neighbours on one host, and a site whose pages all name one address would be one page. Costs a fetch where a page names
 * another address than its own.
 * @throws only when the parse is aborted
 */
export async function agreedPage(
  target: ParseTarget,
  ctx: PlatformContext,
  acceptLanguage: string,
  read: ReadPage,
): Promise<AgreedPage> {
  const own = { ...read, learned: redirectedTo(target.canonical, read.answer) };
  const claim = claimedAddress(target.canonical, read.answer, read.page.canonicalUrl);
  if (claim === undefined) return own;
  // It was asked for by that very address, which led to this one: the two agree already.
  if (claim === target.canonical.url) return { ...read, learned: undefined };
  try {
    const other = await readPage({ ...target, canonical: { ...target.canonical, url: claim } }, ctx, acceptLanguage);
    if (other && callsItself(other, claim) && showSamePage(shown(read.page), shown(other.page)))
      return { ...other, learned: claim };
  } catch (error) {
    ctx.signal.throwIfAborted();
    const reason = error instanceof Error ? error.name : 'unknown';
    ctx.log.debug({ host: new URL(claim).host, error: reason }, 'the canonical link cannot be read');
  }
  return own;
}

/** Null for what is no page. */
async function readPage(target: ParseTarget, ctx: PlatformContext, acceptLanguage: string): Promise<ReadPage | null> {
  const answer = await fetchPage(target, ctx, acceptLanguage);
  refuseObstacles(target.canonical, answer);
  raiseForStatus(answer);
  return isPage(answer) ? { answer, page: await ctx.extract(decodeText(answer).text, answer.url) } : null;
}

function callsItself({ answer, page }: ReadPage, address: string): boolean {
  const known = { platform: 'web', url: address, platformId: null, contentType: null };
  return (claimedAddress(known, answer, page.canonicalUrl) ?? canonicalWebUrl(new URL(answer.url))) === address;
}

function shown({ title, text, cover, images, videos, audios }: ExtractedPage): ShownPage {
  const media = [...(cover ? [cover] : []), ...images, ...videos, ...audios].map(({ url }) => url);
  return { title, text, media };
}
