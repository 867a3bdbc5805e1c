import { Unsupported, type Canonical } from '@vaultstream/contracts';
import type { Platform } from '../platform.ts';
import { readPost } from './read-post.ts';
import { xSettings, type XSettings } from './settings.ts';
import { followShortLink, shortLinkOf } from './short-link.ts';
import { mirrors, statusIdOf, statusUrl } from './status-address.ts';
import { contentOf } from './to-content.ts';

const parserVersion = 1;

/** X, once Twitter: posts, through services that read them without an account. */
export const x: Platform<XSettings> = {
  id: 'x',
  hosts: ['x.com', 'twitter.com', 't.co', ...mirrors],
  contentTypes: ['tweet', 'thread', 'article'],
  example: 'https://x.com/harbour_lamps/status/1760000000000000001',
  parserVersion,
  settings: xSettings,
  notes: [
    'Posts only. Profiles, lists, searches, hashtags, communities, spaces and broadcasts are pages for web.',
    'FxTwitter (second version, then first), vxTwitter and X’s syndication are asked in this order within one parse; read-post.ts has the rules.',
    'Nobody signs in: posts of protected accounts and, mostly, age-restricted ones are AccessDenied.',
    'Each post of a thread is a content of its own that shows the whole thread, read through the second version of FxTwitter only.',
    'A handle is the author’s id, as X spells it, because not every source knows the number; the number is in raw_metadata.',
    't.co codes are opaque: such a share is merged into its post once it was followed, and refused when it leads elsewhere.',
    'Only files of twimg.com are taken from an answer, so that a mirror cannot make us fetch anything else.',
  ],

  canonicalize(url: URL): Canonical | null {
    if (!isPlain(url)) return null;
    const id = statusIdOf(url);
    if (id !== null) return { platform: 'x', url: statusUrl(id), platformId: id, contentType: 'tweet' };
    const link = shortLinkOf(url);
    return link === null ? null : { platform: 'x', url: link, platformId: null, contentType: null };
  },

  async parse({ canonical }, ctx) {
    const known = new URL(canonical.url);
    const link = shortLinkOf(known);
    const id = link === null ? statusIdOf(known) : await followShortLink(link, ctx);
    if (id === null) throw new Unsupported('this kind of address is not read by this platform');
    return { ...contentOf(await readPost(id, ctx)), parser_version: parserVersion };
  },
};

/** Another scheme, a port or credentials make it something else than what X serves. */
function isPlain({ protocol, port, username, password }: URL): boolean {
  return /^https?:$/.test(protocol) && port === '' && username === '' && password === '';
}
