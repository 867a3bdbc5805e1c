import { decodeText, raiseForStatus } from '@vaultstream/runtime';
import type { ParsedContent } from '@vaultstream/contracts';
import { looksLikeFeed } from '../feed/feed-text.ts';
import { feedContent } from '../feed/to-content.ts';
import type { ParseTarget, PlatformContext } from '../platform.ts';
import { agreedPage } from './agreed-page.ts';
import { fetchPage } from './fetch-page.ts';
import { answeredElsewhere, redirectedTo } from './learned-address.ts';
import { refuseObstacles } from './obstacles.ts';
import { completedByOembed } from './oembed.ts';
import { fileContent, isPage, isText, pageContent, textContent, webParserVersion } from './to-content.ts';

/**
 * Reads whatever stands behind an address, by what the answer is and not by what the address says: a page, a feed, a text or a file.
 * @throws the errors of the guarded client and of `raiseForStatus`; RateLimited and AccessDenied for obstacles; BadPayload
 */
export async function readAddress(
  target: ParseTarget,
  ctx: PlatformContext,
  acceptLanguage: string,
): Promise<ParsedContent> {
  const answer = await fetchPage(target, ctx, acceptLanguage);
  refuseObstacles(target.canonical, answer);
  raiseForStatus(answer);
  if (!isPage(answer) && !isText(answer)) return fileContent(target.canonical, answer);
  const { text } = decodeText(answer);
  if (isPage(answer)) {
    const page = await ctx.extract(text, answer.url);
    const agreed = await agreedPage(target, ctx, acceptLanguage, { answer, page });
    return pageContent(target.canonical, { ...agreed, page: await completedByOembed(agreed.page, agreed.answer, ctx) });
  }
  if (!looksLikeFeed(text)) return textContent(target.canonical, answer, text);
  return feedContent(await ctx.readFeed(text, answer.url), {
    url: target.canonical.url,
    answered: answer.url,
    learned: redirectedTo(target.canonical, answer),
    elsewhere: answeredElsewhere(target.canonical, answer),
    parserVersion: webParserVersion,
  });
}
