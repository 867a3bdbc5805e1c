import { InvalidInput } from '@vaultstream/contracts';
import type { Canonical } from '@vaultstream/contracts';
import { maxUrlLength } from './url/canonical-url.ts';
import { findUrl, findUrlText } from './url/find-url.ts';
import { isHostOf } from './url/hosts.ts';
import type { Platform } from './platform.ts';
import * as sites from './sites.ts';
import { feed } from './feed/feed.platform.ts';
import { web } from './web/web.ts';

/**
 * All platforms. The first that matches a URL and can canonicalise it owns it: those with hosts of their own, then `feed`, which goes by the name
 * of an address, and last `web`, which takes any page.
 */
export const platforms: readonly Platform[] = [...Object.values(sites), feed, web];

/** The platform of that id, if there is one. */
export function platformById(id: string): Platform | undefined {
  return platforms.find((platform) => platform.id === id);
}

/**
 * Refuses what is no platform's id, and says which there are.
 * @param path Of the field that names it, such as `query.platform`.
 * @throws InvalidInput
 */
export function assertPlatformId(id: string, path: string): void {
  if (platformById(id)) return;
  const message = `must be one of ${platforms.map((platform) => platform.id).join(', ')}`;
  throw new InvalidInput(`${path}: ${message}`, [{ path, message }]);
}

/**
 * Finds out what somebody means by what they typed: a URL, a text that contains one, a host without a scheme, or a bare id.
 * Pure: looks at the text only, fetches nothing, and says nothing about whether the address may be visited.
 * @throws InvalidInput with path `body.url`
 */
export function identify(input: string): Canonical {
  if ((findUrlText(input)?.text.length ?? 0) > maxUrlLength) rejectLong();
  return identifyUrl(findUrl(input) ?? bareId(input) ?? reject());
}

/** The same for a URL that is already parsed, such as a page's canonical link. No platform sees one above 2,048 characters. */
export function identifyUrl(url: URL): Canonical {
  if (url.href.length > maxUrlLength) rejectLong();
  for (const platform of platforms) {
    const mine = platform.match?.(url) ?? isHostOf(url.hostname, platform.hosts);
    const canonical = mine ? platform.canonicalize(url) : null;
    if (canonical) return canonical;
  }
  return reject(url);
}

function bareId(input: string): URL | null {
  for (const platform of platforms) {
    const url = platform.fromBareId?.(input);
    if (url) return url;
  }
  return null;
}

function rejectLong(): never {
  throw new InvalidInput(`This URL is longer than ${maxUrlLength} characters.`, [
    { path: 'body.url', message: `must be a URL of at most ${maxUrlLength} characters` },
  ]);
}

function reject(url?: URL): never {
  if (url && (url.username !== '' || url.password !== ''))
    throw new InvalidInput('This URL contains a user name or password.', [
      { path: 'body.url', message: 'must not contain a user name or password: leave out what stands before the @' },
    ]);
  throw new InvalidInput('This is not a URL that can be kept.', [
    { path: 'body.url', message: 'must be, or contain, an http or https URL' },
  ]);
}
