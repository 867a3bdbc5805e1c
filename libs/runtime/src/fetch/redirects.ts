import { BadPayload, isVaultError } from '@vaultstream/contracts';
import { RefusedRedirect } from './errors.ts';
import { crossOriginHeaders, withoutBody } from './request-headers.ts';
import type { GuardedRequest } from './types.ts';
import type { UrlPolicy } from './url-policy.ts';

/** What one hop asks for, in public terms. */
export interface Step {
  url: URL;
  method: NonNullable<GuardedRequest['method']>;
  headers: Record<string, string>;
  body: Buffer | undefined;
}

/** 300 wants a choice, 304 is no redirect, 305 names a proxy: none of them is followed. Neither is a Refresh header. */
const followed = new Set([301, 302, 303, 307, 308]);

/** The Location to follow, or null. */
export function followedLocation(status: number, headers: Record<string, string>): string | null {
  return followed.has(status) ? (headers['location'] ?? null) : null;
}

/**
 * Reads a Location as a browser would (UTF-8 although headers are Latin-1, relative to `from`). What is absolute is returned as written, so
 * that the policy sees its spelling.
 *
 * @throws BadPayload for one that is not an address.
 */
export function absoluteLocation(location: string, from: URL): string {
  const text = Buffer.from(location, 'latin1').toString('utf8');
  if (/^[a-z][a-z0-9+.-]*:/i.test(text)) return text;
  if (/^[\\/]{2}/.test(text)) return `${from.protocol}${text}`;
  if (!URL.canParse(text, from.href))
    throw new BadPayload(`${from.host} redirects to something that is not an address`);
  return new URL(text, from).href;
}

/**
 * The next request, under every rule of the first.
 *
 * @param location Absolute, as written.
 * @throws RefusedRedirect (policy, or from https to http), BadPayload (malformed).
 */
export function nextStep(step: Step, status: number, location: string, policy: UrlPolicy): Step {
  const url = checked(location, step.url, policy);
  if (step.url.protocol === 'https:' && url.protocol === 'http:')
    throw new RefusedRedirect(`${step.url.host} redirects from https to http`);
  const toGet =
    (status === 303 && step.method !== 'HEAD') || ((status === 301 || status === 302) && step.method === 'POST');
  const headers = url.origin === step.url.origin ? step.headers : crossOriginHeaders(step.headers);
  return {
    url,
    method: toGet ? 'GET' : step.method,
    headers: toGet ? withoutBody(headers) : headers,
    body: toGet ? undefined : step.body,
  };
}

function checked(location: string, from: URL, policy: UrlPolicy): URL {
  try {
    return policy.check(location);
  } catch (error) {
    if (!isVaultError(error)) throw error;
    const message = `${from.host} redirects to an address that is not accepted: ${error.message}`;
    throw error.name === 'Refused'
      ? new RefusedRedirect(message, { cause: error })
      : new BadPayload(message, { cause: error });
  }
}
