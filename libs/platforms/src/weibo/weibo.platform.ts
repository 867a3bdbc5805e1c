import { Unsupported, type Canonical } from '@vaultstream/contracts';
import { followLink } from '../follow-link.ts';
import type { Platform } from '../platform.ts';
import { readStatus } from './read-status.ts';
import { weiboSettings, type WeiboSettings } from './settings.ts';
import { shortLinkOf, statusIdOf, statusUrl } from './status-address.ts';
import { contentOf } from './to-content.ts';

const parserVersion = 1;

/** Weibo: statuses, through the API of its desktop site, and of its mobile one where that refuses. */
export const weibo: Platform<WeiboSettings> = {
  id: 'weibo',
  hosts: ['weibo.com', 'weibo.cn', 't.cn', 'login.sina.com.cn'],
  contentTypes: ['status'],
  example: 'https://weibo.com/detail/4910815147462302',
  parserVersion,
  settings: weiboSettings,
  notes: [
    'Statuses only. Users, topics, headline articles (ttarticle) and the video site (weibo.com/tv) are pages for web.',
    'The one name of a status is its number; the short name in addresses is the same in base 62 (mid.ts).',
    'Without cookies both sites mostly demand a visitor’s, which only a script of theirs can make: AccessDenied. 432 and 418 are risk control.',
    'Cookies go to weibo.com and weibo.cn over https only, and never along a redirect.',
    'Codes of t.cn and mapp.api.weibo.cn are opaque: such a share is merged into its status once it was followed, and refused when it leads elsewhere.',
    'Pictures and films are fetched with the referer https://weibo.com/, without which their hosts answer 403.',
  ],

  canonicalize(url: URL): Canonical | null {
    const id = statusIdOf(url);
    if (id !== null) return { platform: 'weibo', url: statusUrl(id), platformId: id, contentType: 'status' };
    const link = shortLinkOf(url);
    return link === null ? null : { platform: 'weibo', url: link, platformId: null, contentType: null };
  },

  async parse({ canonical }, ctx) {
    const known = new URL(canonical.url);
    const link = shortLinkOf(known);
    const id = link === null ? statusIdOf(known) : await followLink(link, ctx, { understand: statusIdOf, shortLinkOf });
    if (id === null) throw new Unsupported('this kind of address is not read by this platform');
    return { ...contentOf(id, await readStatus(id, ctx)), parser_version: parserVersion };
  },
};
