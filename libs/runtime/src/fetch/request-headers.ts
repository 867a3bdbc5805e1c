import { validateHeaderName, validateHeaderValue } from 'node:http';
import { acceptEncoding } from './encodings.ts';
import { invalid } from './errors.ts';

/** A current browser: many sites answer an unknown client with a login wall or nothing at all. */
export const defaultUserAgent =
  'Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0 Safari/537.36';

/** Headers that describe the connection or the framing (RFC 9110 section 7.6.1): ours to set. */
const reserved = new Set([
  'connection',
  'content-length',
  'expect',
  'host',
  'http2-settings',
  'keep-alive',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
]);

/** Headers that may follow a redirect to another origin. Any other may be a credential in disguise (X-Api-Key, X-CSRF-Token). */
const harmless = new Set([
  'accept',
  'accept-encoding',
  'accept-language',
  'content-type',
  'range',
  'referer',
  'user-agent',
]);

/**
 * The headers of the first hop: the caller's, in lower case, over our defaults.
 *
 * @throws InvalidInput naming a header that is malformed or not the caller's to set.
 */
export function requestHeaders(given: Record<string, string>, userAgent: string): Record<string, string> {
  const headers = new Map([
    ['user-agent', userAgent],
    ['accept', '*/*'],
    ['accept-encoding', acceptEncoding],
  ]);
  for (const [name, value] of Object.entries(given)) {
    const key = name.toLowerCase();
    if (reserved.has(key) || key.startsWith('proxy-')) throw invalid('headers', `${key} cannot be set`);
    try {
      validateHeaderName(name);
      validateHeaderValue(name, value);
    } catch {
      throw invalid('headers', `${JSON.stringify(key.slice(0, 40))} is malformed`);
    }
    headers.set(key, value);
  }
  return Object.fromEntries(headers);
}

/** What of these headers may go to another origin. What is dropped stays dropped, also when a later redirect leads back. */
export function crossOriginHeaders(headers: Record<string, string>): Record<string, string> {
  return Object.fromEntries(Object.entries(headers).filter(([name]) => harmless.has(name)));
}

/** The same headers without those that describe a body. */
export function withoutBody(headers: Record<string, string>): Record<string, string> {
  return Object.fromEntries(Object.entries(headers).filter(([name]) => !name.startsWith('content-')));
}
