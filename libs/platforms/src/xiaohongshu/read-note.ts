import { AccessDenied, BadPayload, RateLimited, UpstreamError } from '@vaultstream/contracts';
import { raiseForStatus, retryAfterMs } from '@vaultstream/runtime';
import { memberAt } from '../clean/content-fields.ts';
import { membersOf } from '../clean/json.ts';
import { scriptData } from '../clean/script-data.ts';
import { cleanLine } from '../clean/text.ts';
import type { HttpAnswer, PlatformContext } from '../platform.ts';
import { cookieHeader } from '../settings/cookie-header.ts';
import { errorOfCode } from './error-codes.ts';
import { readingUrl, type SharedNote } from './note-address.ts';
import { cookieHosts, type XiaohongshuSettings } from './settings.ts';

/** Longest page: bytes. */
const maxBytes = 4 * 1024 * 1024;
/** Statuses that nobody else uses: a captcha. */
const captchaStatuses = new Set([461, 471]);

export type XiaohongshuContext = PlatformContext<XiaohongshuSettings>;

/**
 * The note in the state of its page. No redirect is followed: it is always a wall, and cookies go to this address alone.
 * @throws NotFound, AccessDenied, RateLimited, UpstreamError, NetworkError, BadPayload
 */
export async function readNote(note: SharedNote, ctx: XiaohongshuContext): Promise<Readonly<Record<string, unknown>>> {
  const url = readingUrl(note);
  const answer = await ctx.http.fetch({
    url: url.href,
    maxBytes,
    redirect: 'manual',
    headers: {
      accept: 'text/html',
      referer: 'https://www.xiaohongshu.com/',
      ...cookieHeader(url, ctx.settings.cookie, cookieHosts),
    },
    signal: ctx.signal,
  });
  raise(answer, note);
  return noteIn(scriptData(answer.body.toString('utf8'), 'window.__INITIAL_STATE__'), note);
}

/** A status, or a redirect to a wall, which tells its reason in its address. */
function raise(answer: HttpAnswer, { token }: SharedNote): void {
  const { status, headers, url } = answer;
  const options = { status, retryAfterMs: retryAfterMs(headers['retry-after']) };
  const message = `${new URL(url).host} answered ${status}`;
  if (captchaStatuses.has(status)) throw new RateLimited(`${message}: a captcha`, options);
  if (status < 300 || status >= 400) return void raiseForStatus(answer);
  const wall = URL.parse(headers['location'] ?? '', url);
  const query = wall?.searchParams;
  const code = query?.get('error_code') ?? query?.get('errorCode') ?? '';
  if (/^-?\d{1,9}$/.test(code))
    throw errorOfCode(Number(code), query?.get('error_msg') ?? query?.get('verifyMsg'), token !== null, options);
  if (wall?.pathname.includes('captcha') || query?.has('verifyUuid'))
    throw new RateLimited(`${message}: a captcha`, options);
  if (wall?.pathname.startsWith('/404')) throw errorOfCode(300031, 'its page is not shown', token !== null, options);
  if (wall && /login/.test(wall.pathname)) throw new AccessDenied(`${message}: a login is demanded`, { status });
  throw new UpstreamError(message, options);
}

/** The note of the desktop's page, or of the one that phones get. An empty place for it tells why, or is the login's wall. */
function noteIn(state: unknown, { id, token }: SharedNote): Readonly<Record<string, unknown>> {
  const details = membersOf(memberAt(state, 'note', 'noteDetailMap'));
  const desktop = membersOf(Object.hasOwn(details, id) ? membersOf(details[id])['note'] : null);
  const mobile = membersOf(memberAt(state, 'noteData', 'data', 'noteData'));
  const found = [desktop, mobile].find((note) => cleanLine(note['noteId'] ?? note['id'], 40) !== null);
  if (found) {
    if (cleanLine(found['noteId'] ?? found['id'], 40)?.toLowerCase() === id) return found;
    throw new BadPayload('Xiaohongshu answered another note');
  }
  const { errorCode, errMsg } = membersOf(memberAt(state, 'note', 'serverRequestInfo'));
  const code = cleanLine(errorCode, 12) ?? '';
  if (/^-?[1-9]\d{0,8}$/.test(code)) throw errorOfCode(Number(code), errMsg, token !== null);
  if (memberAt(state, 'note') === undefined && memberAt(state, 'noteData') === undefined)
    throw new BadPayload('the page of Xiaohongshu holds no note');
  throw new AccessDenied('Xiaohongshu shows the note to accounts only: set a cookie, or share it with its xsec_token');
}
