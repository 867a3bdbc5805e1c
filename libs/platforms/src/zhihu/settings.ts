import { z } from 'zod';
import { cookieHeaderSetting } from '../settings/cookie-header.ts';

/** Strangers may read a few pages; an account, or a browser that has passed the check, may read more. */
export const zhihuSettings = z.object({
  cookie: cookieHeaderSetting(
    'Cookies of www.zhihu.com as the browser sends them; z_c0, d_c0 and __zse_ck are what counts.',
  ),
});

export type ZhihuSettings = z.infer<typeof zhihuSettings>;

/** Where the cookies may go. */
export const cookieHosts = ['zhihu.com'] as const;
