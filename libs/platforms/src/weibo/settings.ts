import { z } from 'zod';
import { cookieHeaderSetting } from '../settings/cookie-header.ts';

/** Weibo shows nothing to somebody without cookies: at least those of a visitor. */
export const weiboSettings = z.object({
  cookie: cookieHeaderSetting('Cookies of weibo.com as the browser sends them; SUB and SUBP are what counts.'),
});

export type WeiboSettings = z.infer<typeof weiboSettings>;

/** Where the cookies may go. */
export const cookieHosts = ['weibo.com', 'weibo.cn'] as const;
