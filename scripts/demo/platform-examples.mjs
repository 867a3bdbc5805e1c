/** One line for each thing of a platform that is shared in the demo. Every address is answered by the sandbox. */

/**
 * `without`: what the platform has none of; everything else must arrive. `shelf`: kept, and not sent on, so that the chat's one message a
 * second does not make the demo longer.
 * @typedef {'title' | 'author' | 'text' | 'stats' | 'time' | 'media'} Part
 * @typedef {{ url: string, without?: Part[], shelf?: true }} Example
 */

/** @type {readonly Example[]} */
export const examples = [
  { url: 'https://www.bilibili.com/video/av170002' },
  { url: 'https://www.bilibili.com/read/cv20001', shelf: true },
  { url: 'https://www.bilibili.com/opus/900000000000030001', shelf: true },
  { url: 'https://x.com/harbour_lamps/status/1760000000000000001' },
  { url: 'https://x.com/harbour_lamps/status/1760000000000000003', shelf: true },
  { url: 'https://weibo.com/detail/4910815147462302' },
  { url: 'https://www.xiaohongshu.com/explore/6411cf99000000001300b6d9' },
  { url: 'https://www.zhihu.com/question/20000001/answer/30000001' },
  { url: 'https://zhuanlan.zhihu.com/p/600000001', shelf: true },
  { url: 'https://t.me/harbour_lamps/101' },
  { url: 'https://www.youtube.com/watch?v=HarbLamps01' },
  { url: 'https://www.reddit.com/r/lighthouses/comments/1harbr3/' },
  { url: 'https://github.com/harbour-lamps/lamp-keeper' },
  { url: 'https://github.com/harbour-lamps/lamp-keeper/issues/12', shelf: true },
  { url: 'https://feeds.example.org/rss.xml', without: ['author', 'media'] },
];

/** The platform that is broken for a while, by the sandbox's name of it, and what somebody shares meanwhile. */
export const broken = { id: 'x', url: 'https://x.com/harbour_lamps/status/1760000000000000002', mode: '503' };

/** How a content shows each part. */
const parts = {
  title: ({ title }) => title !== null && title !== '',
  author: ({ author }) => author !== null && author.name !== null,
  text: ({ body_text: body, description }) => [body, description].some((text) => text !== null && text !== ''),
  stats: ({ stats }) => Object.keys(stats).length > 0,
  time: ({ published_at: time }) => time !== null,
  media: ({ media }) => media.some(({ status }) => status === 'stored'),
};

/** What a content should have come with and has not. @param content as `GET /contents/{id}` answers it @returns {string[]} */
export function missingParts(content, { without = [] }) {
  if (content.status !== 'PULLED') return [content.status];
  return Object.keys(parts).filter((part) => !without.includes(part) && !parts[part](content));
}
