import { z } from 'zod';
import { cookieHeaderSetting } from '../settings/cookie-header.ts';

/** Notes that are shared without their token are shown to accounts only. */
export const xiaohongshuSettings = z.object({
  cookie: cookieHeaderSetting(
    'Cookies of www.xiaohongshu.com as the browser sends them; web_session and a1 are what counts.',
  ),
});

export type XiaohongshuSettings = z.infer<typeof xiaohongshuSettings>;

/** Where the cookies may go. */
export const cookieHosts = ['xiaohongshu.com'] as const;
