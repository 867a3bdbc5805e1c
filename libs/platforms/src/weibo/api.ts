import { AccessDenied, BadPayload, RateLimited, UpstreamError } from '@vaultstream/contracts';
import { raiseForStatus, retryAfterMs } from '@vaultstream/runtime';
import { membersOf, parseJson } from '../clean/json.ts';
import type { HttpAnswer, PlatformContext } from '../platform.ts';
import { cookieHeader } from '../settings/cookie-header.ts';
import { errorOf } from './error-codes.ts';
import { cookieHosts, type WeiboSettings } from './settings.ts';

/** Longest answer: bytes. */
const maxBytes = 4 * 1024 * 1024;
/** Statuses that nobody else uses: the risk control of Weibo and of what stands in front of it. */
const riskStatuses = new Set([414, 418, 432]);
/** Where strangers are led: the login, or the page that makes a visitor of them. */
const door = /^(?:[\w-]+\.)?passport\.weibo\.(?:com|cn)$|^login\.sina\.com\.cn$/;

/** What reading a status needs. */
export type WeiboContext = PlatformContext<WeiboSettings>;

/** One call of the site's own API, of the desktop or the mobile one. */
export interface ApiCall {
  host: 'weibo.com' | 'm.weibo.cn';
  path: string;
  parameters: Readonly<Record<string, string>>;
}

/**
 * Calls the site's own API with the account's cookies. No redirect is followed: cookies go to this address alone.
 * @throws the error that the status or the answer's code stands for; AccessDenied when a login or a visitor's cookie is demanded;
 *   BadPayload for what is none of its answers
 */
export async function callApi(
  ctx: WeiboContext,
  { host, path, parameters }: ApiCall,
): Promise<Readonly<Record<string, unknown>>> {
  const url = new URL(path, `https://${host}`);
  for (const [name, value] of Object.entries(parameters)) url.searchParams.set(name, value);
  const answer = await ctx.http.fetch({
    url: url.href,
    maxBytes,
    redirect: 'manual',
    headers: {
      accept: 'application/json',
      referer: `https://${host}/`,
      'x-requested-with': 'XMLHttpRequest',
      ...cookieHeader(url, ctx.settings.cookie, cookieHosts),
    },
    signal: ctx.signal,
  });
  return openAnswer(answer);
}

/** Opens `{ok: 1, ...}`. An answer with a code says more than its status. */
function openAnswer(answer: HttpAnswer): Readonly<Record<string, unknown>> {
  const { status, headers, url } = answer;
  const message = `${new URL(url).host} answered ${status}`;
  const options = { status, retryAfterMs: retryAfterMs(headers['retry-after']) };
  if (status >= 300 && status < 400) {
    const target = URL.parse(headers['location'] ?? '', url);
    if (target && door.test(target.hostname))
      throw new AccessDenied(`${message}: it demands the cookies of a visitor or an account`, { status });
    throw new UpstreamError(message, options);
  }
  if (riskStatuses.has(status)) throw new RateLimited(`${message}: risk control`, options);
  const body = bodyOf(answer);
  if (Number(body['ok']) === 1) return body;
  const known = errorOf(body, options);
  if (known) throw known;
  // Refusals of every kind come with 400.
  if (status !== 400) raiseForStatus(answer);
  if (body['ok'] === undefined) throw new BadPayload('Weibo answered JSON without ok');
  throw new UpstreamError(`${message}, for a reason that nobody knows`, options);
}

/** A page in place of JSON is the visitor's door, when it says so; else the status is all that is known. */
function bodyOf(answer: HttpAnswer): Readonly<Record<string, unknown>> {
  try {
    return membersOf(parseJson(answer.body));
  } catch (error) {
    raiseForStatus(answer);
    if (/Sina Visitor System|passport\.weibo\.com\/(?:visitor|sso)/.test(answer.body.toString('utf8', 0, 20_000)))
      throw new AccessDenied('Weibo demands the cookies of a visitor or an account', { cause: error });
    throw error;
  }
}
