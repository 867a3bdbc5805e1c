import { BadPayload, UpstreamError } from '@vaultstream/contracts';
import { memberAt } from '../clean/content-fields.ts';
import { itemsOf, membersOf, parseJson } from '../clean/json.ts';
import type { HttpAnswer, PlatformContext } from '../platform.ts';
import { cookieHeader } from '../settings/cookie-header.ts';
import { raiseForAnswer } from './refusals.ts';
import { postIdOf, postUrl } from './post-address.ts';
import { cookieHosts, type RedditSettings } from './settings.ts';

/** Longest answer: bytes. The post with one comment; a long text has 40,000 characters. */
const maxBytes = 4 * 1024 * 1024;

export type RedditContext = PlatformContext<RedditSettings>;

/**
 * A post as Reddit's own pages get it, without its comments: `[listing of the post, listing of comments]`.
 * @throws NotFound, AccessDenied, RateLimited, UpstreamError, NetworkError, BadPayload
 */
export async function readPost(id: string, ctx: RedditContext): Promise<Readonly<Record<string, unknown>>> {
  const answer = await ask(new URL(`${postUrl(id)}.json?raw_json=1&limit=1`), id, ctx);
  const listing = itemsOf(parseJson(answer.body))[0];
  const child = itemsOf(memberAt(listing, 'data', 'children'))[0];
  const post = membersOf(memberAt(child, 'data'));
  if (post['id'] !== id) throw new BadPayload('Reddit answered something else than the post');
  return post;
}

/** No redirect is followed but one to the same post under its long name: cookies go to Reddit alone. */
async function ask(url: URL, id: string, { http, settings, signal }: RedditContext): Promise<HttpAnswer> {
  let next = url;
  for (let step = 0; step < 2; step++) {
    const headers = { accept: 'application/json', ...cookieHeader(next, settings.cookie, cookieHosts) };
    const answer = await http.fetch({ url: next.href, maxBytes, redirect: 'manual', headers, signal });
    const target =
      answer.status >= 300 && answer.status < 400 ? URL.parse(answer.headers['location'] ?? '', next.href) : null;
    if (target && target.pathname.includes('.json') && postIdOf(target) === id) {
      target.protocol = 'https:';
      next = target;
      continue;
    }
    raiseForAnswer(answer);
    return answer;
  }
  throw new UpstreamError('Reddit leads round in circles');
}
