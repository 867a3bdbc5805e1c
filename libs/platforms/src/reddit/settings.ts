import { z } from 'zod';
import { cookieHeaderSetting } from '../settings/cookie-header.ts';

/** Reddit answers strangers at home, but hardly any in a data centre. */
export const redditSettings = z.object({
  cookie: cookieHeaderSetting('Cookies of reddit.com as the browser sends them; reddit_session is what counts.'),
});

export type RedditSettings = z.infer<typeof redditSettings>;

/** Where the cookies may go. */
export const cookieHosts = ['reddit.com'] as const;
