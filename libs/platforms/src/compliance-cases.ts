import assert from 'node:assert/strict';
import type { ParsedContent } from '@vaultstream/contracts';
import type { Recording } from './fake-http.ts';
import type { Platform } from './platform.ts';
import { findUrl } from './url/find-url.ts';

/** One recorded case: what was shared, and what the other side answered. */
export interface PlatformCase {
  share: string;
  answers: readonly Recording[];
}

/** There is no such case, and why: said by the platform's spec, so that nobody forgets one by mistake. */
export interface NoSuchCase {
  none: string;
}

/** The cases that every platform shows by its recordings. One that is missing does not compile. */
export interface PlatformCases {
  /** Title, author, text and time arrive. */
  normal: PlatformCase;
  /** At least one picture arrives. */
  pictures: PlatformCase | NoSuchCase;
  /** A film: a media row of that kind or the content type `video`; a film's address is never given as a picture. */
  video: PlatformCase | NoSuchCase;
  /** Next to nothing: a title and no media. */
  noMedia: PlatformCase | NoSuchCase;
  /** NotFound. */
  deleted: PlatformCase;
  /** AccessDenied. */
  loginNeeded: PlatformCase | NoSuchCase;
  /** RateLimited: 429 or the platform's own way of saying "not now". */
  riskControl: PlatformCase | NoSuchCase;
  /** UpstreamError. */
  serverError: PlatformCase;
  /** NetworkError; recordings with `timeout: true`. */
  timeout: PlatformCase;
  /** BadPayload. */
  malformed: PlatformCase | NoSuchCase;
  /** A name that only a fetch reveals: the content tells its `canonical_url`, by which two shares become one content. */
  shortLink: PlatformCase | NoSuchCase;
}

/** What must come of each: the name of an error, or what the content must show. */
const outcomes: { readonly [Name in keyof PlatformCases]: string | ((content: ParsedContent) => void) } = {
  normal: (content) => {
    assert.ok(content.title, 'a title');
    assert.ok(content.author?.name, 'an author');
    assert.ok(content.body_text ?? content.description, 'a text');
    assert.ok(content.published_at, 'a time');
  },
  pictures: ({ media }) => assert.ok(media.some(({ kind }) => kind === 'image')),
  video: ({ media, content_type }) => {
    assert.ok(content_type === 'video' || media.some(({ kind }) => kind === 'video'));
    const films = media.filter(({ kind, url }) => kind === 'image' && /\.(?:mp4|m3u8|webm|mov)(?:$|[?#])/i.test(url));
    assert.deepEqual(films, [], 'no film is given as a picture');
  },
  noMedia: ({ title, media }) => {
    assert.ok(title, 'a title');
    assert.deepEqual(media, []);
  },
  deleted: 'NotFound',
  loginNeeded: 'AccessDenied',
  riskControl: 'RateLimited',
  serverError: 'UpstreamError',
  timeout: 'NetworkError',
  malformed: 'BadPayload',
  shortLink: ({ canonical_url }) => assert.ok(canonical_url, 'the address that was learnt'),
};

/**
 * Runs one case by `parse` and checks what comes of it.
 * @throws AssertionError when it is something else
 */
export async function assertCase(
  platform: Platform,
  name: keyof PlatformCases,
  { share }: PlatformCase,
  parse: (share: string) => Promise<ParsedContent>,
): Promise<void> {
  const outcome = outcomes[name];
  if (typeof outcome === 'string') return assert.rejects(parse(share), { name: outcome });
  const content = await parse(share);
  outcome(content);
  if (name !== 'shortLink') return;
  const learnt = platform.canonicalize(new URL(content.canonical_url ?? ''));
  assert.ok(learnt, 'the learnt address is one of its own');
  assert.notEqual(learnt.url, sharedUrl(platform, share).href);
}

/** The URL that a share means, as the registry would find it. */
export function sharedUrl(platform: Platform, share: string): URL {
  const url = findUrl(share) ?? platform.fromBareId?.(share);
  assert.ok(url, `nothing to read in ${share}`);
  return url;
}
