import { surelyNotSent } from '@vaultstream/runtime';
import type { HttpAnswer, ParseTarget, PlatformContext } from '../platform.ts';

/** Longest page that is read; of a longer one, the beginning: bytes (reliability rule: HTML 5 MB). */
const maxPageBytes = 5 * 1024 * 1024;

/**
 * Fetches the canonical address over https. When no connection comes about and whoever shared it did not write `https://`, the same
 * address over http, for sites that speak nothing else.
 * @throws the errors of the guarded client
 */
export async function fetchPage(
  target: ParseTarget,
  ctx: PlatformContext,
  acceptLanguage: string,
): Promise<HttpAnswer> {
  const { url } = target.canonical;
  const get = (address: string) =>
    ctx.http.fetch({
      url: address,
      maxBytes: maxPageBytes,
      truncate: true,
      headers: {
        accept: 'text/html,application/xhtml+xml;q=0.9,*/*;q=0.8',
        'accept-language': acceptLanguage,
      },
      signal: ctx.signal,
    });
  try {
    return await get(url);
  } catch (error) {
    const insists = /https:\/\//i.test(target.sourceUrl) || !url.startsWith('https:');
    if (
      insists ||
      ctx.signal.aborted ||
      !(error instanceof Error) ||
      error.name !== 'NetworkError' ||
      !surelyNotSent(error)
    )
      throw error;
    ctx.log.debug({ host: new URL(url).host }, 'no https, trying http');
    return get(url.replace(/^https:/, 'http:'));
  }
}
