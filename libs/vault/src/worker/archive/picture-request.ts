/** What the image hosts of platforms want to see, by registrable domain; they answer 403 to anyone else (hot-link protection). */
const hosts: { domains: string[]; site: string; origin: boolean }[] = [
  { domains: ['hdslb.com'], site: 'https://www.bilibili.com', origin: true },
  { domains: ['sinaimg.cn', 'weibocdn.com'], site: 'https://weibo.com', origin: false },
  { domains: ['zhimg.com', 'zhihu.com'], site: 'https://www.zhihu.com', origin: true },
];

/** What we can decode, the smallest first. */
const accept = 'image/avif,image/webp,image/jpeg,image/png,image/gif;q=0.9,*/*;q=0.1';

/**
 * Headers to fetch a picture with. Its referer is what its host wants to see, else the site of the content that shows it.
 * @param canonicalUrl Of the content.
 */
export function pictureHeaders(pictureUrl: string, canonicalUrl: string): Record<string, string> {
  const host = new URL(pictureUrl).hostname;
  const known = hosts.find(({ domains }) => domains.some((domain) => host === domain || host.endsWith(`.${domain}`)));
  if (!known) return { accept, referer: `${new URL(canonicalUrl).origin}/` };
  return { accept, referer: `${known.site}/`, ...(known.origin ? { origin: known.site } : {}) };
}
