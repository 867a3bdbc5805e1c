import { z } from 'zod';
import { cookieHeaderSetting } from '../settings/cookie-header.ts';

/** Everything that is public needs no account. */
export const youtubeSettings = z.object({
  cookie: cookieHeaderSetting(
    'Cookies of youtube.com as the browser sends them, for videos with an age limit or for members.',
  ),
});

export type YoutubeSettings = z.infer<typeof youtubeSettings>;

/** Where the cookies may go. */
export const cookieHosts = ['youtube.com'] as const;
