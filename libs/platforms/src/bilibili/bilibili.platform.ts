import { Unsupported, type Canonical } from '@vaultstream/contracts';
import type { Platform } from '../platform.ts';
import { article } from './article/article.ts';
import { bangumi } from './bangumi/bangumi.ts';
import { bareIdUrl } from './bare-id.ts';
import { bilibiliHosts } from './hosts.ts';
import type { Kind } from './kind.ts';
import { live } from './live/live.ts';
import { opus } from './opus/opus.ts';
import { bilibiliSettings, type BilibiliSettings } from './settings.ts';
import { followShortLink, shortLinkOf } from './short-link.ts';
import { space } from './space/space.ts';
import { video } from './video/video.ts';

/** Everything of Bilibili that is read through its API. What none of them knows is a page for `web`. */
const kinds: readonly Kind[] = [video, article, opus, bangumi, live, space];
const parserVersion = 2;

/** Bilibili: the model of a platform that is read through an API. */
export const bilibili: Platform<BilibiliSettings> = {
  id: 'bilibili',
  hosts: bilibiliHosts,
  contentTypes: kinds.map(({ contentType }) => contentType),
  example: 'https://www.bilibili.com/video/BV17x411w7KC',
  parserVersion,
  settings: bilibiliSettings,
  notes: [
    'Videos, articles, posts, series, live rooms and users, through api.bilibili.com; audio, courses, collections and events are pages for web.',
    'The one name of a video is its BV id; av numbers are the same in another spelling (video/bv.ts).',
    'An article is a post too: both end at the name with its cv number. A page about a series (md) ends at its season, a short room number at the room.',
    'Codes of short links are opaque: such a share takes the name of what it leads to once it was followed.',
    'No address that is asked here wants a WBI signature (bilibili-API-collect, November 2026); one that began to would answer a voucher: RateLimited.',
    'Cookies go to *.bilibili.com over https only, and never along a redirect.',
    'Most codes come with status 200 (error-codes.ts); without cookies, risk control (-352, 412, vouchers) comes sooner.',
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
    return { ...(await kind.read(url, ctx)), parser_version: parserVersion };
  },
};

function kindOf(url: URL): Kind | undefined {
  return isPlain(url) ? kinds.find((kind) => kind.canonicalize(url) !== null) : undefined;
}

/** Another scheme, a port or credentials make it something else than what Bilibili serves. */
function isPlain({ protocol, port, username, password }: URL): boolean {
  return /^https?:$/.test(protocol) && port === '' && username === '' && password === '';
}
