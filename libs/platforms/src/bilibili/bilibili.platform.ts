import { Unsupported, type Canonical } from '@vaultstream/contracts';
import type { Platform } from '../platform.ts';
import { bareIdUrl } from './bare-id.ts';
import type { Kind } from './kind.ts';
import { bilibiliSettings, type BilibiliSettings } from './settings.ts';
import { followShortLink, shortLinkOf } from './short-link.ts';
import { video } from './video.ts';

/** Everything of Bilibili that is read through its API. What none of them knows is a page for `web`. */
const kinds: readonly Kind[] = [video];
const parserVersion = 1;

/** Bilibili: the model of a platform that is read through an API. */
export const bilibili: Platform<BilibiliSettings> = {
  id: 'bilibili',
  hosts: ['bilibili.com', 'b23.tv'],
  contentTypes: kinds.map(({ contentType }) => contentType),
  example: 'https://www.bilibili.com/video/BV17x411w7KC',
  parserVersion,
  settings: bilibiliSettings,
  notes: [
    'Videos only, through api.bilibili.com; articles, posts, series, live rooms and users are read as pages by web.',
    'The one name of a video is its BV id; av numbers are the same in another spelling (bv.ts).',
    'b23.tv codes are opaque: such a share is merged into its video once it was followed.',
    'Cookies go to *.bilibili.com over https only, and never along a redirect.',
    'Most codes come with status 200 (error-codes.ts); without cookies, risk control (-352, 412) comes sooner.',
  ],

  canonicalize(url: URL): Canonical | null {
    if (!isPlain(url)) return null;
    const known = kindOf(url)?.canonicalize(url);
    if (known) return known;
    const link = shortLinkOf(url);
    return link === null ? null : { platform: 'bilibili', url: link, platformId: null, contentType: null };
  },

  fromBareId: bareIdUrl,

  async parse({ canonical }, ctx) {
    const known = new URL(canonical.url);
    const link = kindOf(known) ? null : shortLinkOf(known);
    const url = link === null ? known : await followShortLink(link, ctx, (step) => kindOf(step) !== undefined);
    const kind = kindOf(url);
    if (!kind) throw new Unsupported('this kind of address is not read by this platform');
    return { ...(await kind.read(url, ctx)), content_type: kind.contentType, parser_version: parserVersion };
  },
};

function kindOf(url: URL): Kind | undefined {
  return isPlain(url) ? kinds.find((kind) => kind.canonicalize(url) !== null) : undefined;
}

/** Another scheme, a port or credentials make it something else than what Bilibili serves. */
function isPlain({ protocol, port, username, password }: URL): boolean {
  return /^https?:$/.test(protocol) && port === '' && username === '' && password === '';
}
