import { randomUUID } from 'node:crypto';
import { BadPayload, RateLimited, UpstreamError } from '@vaultstream/contracts';
import { raiseForStatus, retryAfterMs } from '@vaultstream/runtime';
import { membersOf, parseJson } from '../clean/json.ts';
import type { HttpAnswer, PlatformContext } from '../platform.ts';
import { errorOfCode } from './error-codes.ts';
import { cookiesFor, type BilibiliSettings } from './settings.ts';

/** Longest answer: bytes. A video of a season of a thousand episodes has about 3 MB. */
const maxBytes = 8 * 1024 * 1024;
/** A client without them is refused at once. */
const site = { referer: 'https://www.bilibili.com/', origin: 'https://www.bilibili.com' };

/** What reading a thing of Bilibili needs. */
export type BilibiliContext = PlatformContext<BilibiliSettings>;

/** One call of the public API. */
export interface ApiCall {
  /** Default `api.bilibili.com`. */
  host?: 'api.bilibili.com' | 'api.live.bilibili.com';
  /** Such as `/x/web-interface/view`. */
  path: string;
  parameters: Readonly<Record<string, string>>;
  /** True: the address asks for a browser's cookie `buvid3`, any will do; a new one is made up where the settings have none. */
  needsBrowser?: boolean;
}

/**
 * Calls the public API, with the account's cookies, and answers the envelope's `data` or `result`. No redirect is followed: cookies go to
 * this address alone.
 * @throws the error that the status or the envelope's `code` stands for; BadPayload for what is no envelope.
 */
export async function callApi(
  ctx: BilibiliContext,
  { host = 'api.bilibili.com', path, parameters, needsBrowser = false }: ApiCall,
): Promise<unknown> {
  const url = new URL(path, `https://${host}`);
  for (const [name, value] of Object.entries(parameters)) url.searchParams.set(name, value);
  const madeUp = needsBrowser ? { buvid3: `${randomUUID().toUpperCase()}infoc` } : {};
  const answer = await ctx.http.fetch({
    url: url.href,
    maxBytes,
    redirect: 'manual',
    headers: { accept: 'application/json', ...site, ...cookiesFor(url, { ...madeUp, ...given(ctx.settings) }) },
    signal: ctx.signal,
  });
  raiseForBilibili(answer);
  return openEnvelope(answer);
}

/** As `raiseForStatus`; besides, 412 is risk control (RateLimited) and a redirect is no answer (UpstreamError). */
export function raiseForBilibili(answer: HttpAnswer): void {
  const { status, headers, url } = answer;
  const message = `${new URL(url).host} answered ${status}`;
  if (status === 412)
    throw new RateLimited(`${message}: risk control`, { status, retryAfterMs: retryAfterMs(headers['retry-after']) });
  if (status >= 300 && status < 400) throw new UpstreamError(message, { status });
  raiseForStatus(answer);
}

/**
 * Opens `{code, message, data}`, which every answer of the API is; series call it `result`.
 * @throws the error of a code other than 0; RateLimited for a voucher, which is risk control's other way to say no (it comes with code 0);
 *   BadPayload for what is no envelope.
 */
export function openEnvelope({ body, headers }: Pick<HttpAnswer, 'body' | 'headers'>): unknown {
  const { code, message, data, result } = membersOf(parseJson(body));
  const number = typeof code === 'string' && /^-?\d{1,9}$/.test(code) ? Number(code) : code;
  if (typeof number !== 'number' || !Number.isSafeInteger(number))
    throw new BadPayload('Bilibili answered JSON without a code');
  const wait = { retryAfterMs: retryAfterMs(headers['retry-after']) };
  if (number !== 0) throw errorOfCode(number, message, wait);
  const inner = data ?? result;
  if (membersOf(inner)['v_voucher'] !== undefined) throw new RateLimited('Bilibili asked for a captcha', wait);
  return inner;
}

/** Settings that are set: an absent one must not hide what is made up. */
function given(settings: BilibiliSettings): BilibiliSettings {
  return Object.fromEntries(Object.entries(settings).filter(([, value]) => value !== undefined));
}
