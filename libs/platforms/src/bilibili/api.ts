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

/**
 * Calls the public API, with the account's cookies, and answers the envelope's `data`. No redirect is followed: cookies go to this address alone.
 * @param path Below https://api.bilibili.com, such as `/x/web-interface/view`.
 * @throws the error that the status or the envelope's `code` stands for; BadPayload for what is no envelope.
 */
export async function callApi(
  ctx: BilibiliContext,
  path: string,
  parameters: Readonly<Record<string, string>>,
): Promise<unknown> {
  const url = new URL(path, 'https://api.bilibili.com');
  for (const [name, value] of Object.entries(parameters)) url.searchParams.set(name, value);
  const answer = await ctx.http.fetch({
    url: url.href,
    maxBytes,
    redirect: 'manual',
    headers: { accept: 'application/json', ...site, ...cookiesFor(url, ctx.settings) },
    signal: ctx.signal,
  });
  raiseForBilibili(answer);
  return openEnvelope(answer.body).data;
}

/** As `raiseForStatus`; besides, 412 is risk control (RateLimited) and a redirect is no answer (UpstreamError). */
export function raiseForBilibili(answer: HttpAnswer): void {
  const { status, headers, url } = answer;
  const message = `${new URL(url).host} answered ${status}`;
  if (status === 412) throw new RateLimited(message, { status, retryAfterMs: retryAfterMs(headers['retry-after']) });
  if (status >= 300 && status < 400) throw new UpstreamError(message, { status });
  raiseForStatus(answer);
}

/**
 * Opens `{code, message, data}`, which every answer of the API is.
 * @throws the error of a code other than 0; BadPayload for what is no envelope.
 */
export function openEnvelope(body: Buffer): { data: unknown } {
  const { code, message, data } = membersOf(parseJson(body));
  const number = typeof code === 'string' && /^-?\d{1,9}$/.test(code) ? Number(code) : code;
  if (typeof number !== 'number' || !Number.isSafeInteger(number))
    throw new BadPayload('Bilibili answered JSON without a code');
  if (number !== 0) throw errorOfCode(number, message);
  return { data };
}
