import { z } from 'zod';
import { cookieSetting } from '../settings/setting-facts.ts';

/** Cookies of a logged-in account: videos that need one, and fewer refusals by risk control. */
export const bilibiliSettings = z.object({
  sessdata: cookieSetting('Cookie SESSDATA of a logged-in account.'),
  bili_jct: cookieSetting('Cookie bili_jct of the same account.'),
  buvid3: cookieSetting('Cookie buvid3 of the same browser.'),
});

export type BilibiliSettings = z.infer<typeof bilibiliSettings>;

/** The Cookie header for one address: nothing where there are no cookies, or for any host but Bilibili's own over https. */
export function cookiesFor(url: URL, settings: BilibiliSettings): { cookie?: string } {
  const own = url.hostname === 'bilibili.com' || url.hostname.endsWith('.bilibili.com');
  if (!own || url.protocol !== 'https:') return {};
  const cookies = Object.entries({
    SESSDATA: settings.sessdata,
    bili_jct: settings.bili_jct,
    buvid3: settings.buvid3,
  }).flatMap(([name, value]) => (value === undefined ? [] : [`${name}=${value}`]));
  return cookies.length === 0 ? {} : { cookie: cookies.join('; ') };
}
