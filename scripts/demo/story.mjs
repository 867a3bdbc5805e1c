/** What is shared in the demo. Every address is answered by the sandbox. */

const news = 'https://news.example.com';
const blog = 'https://blog.example.org';

export const harbour = `${news}/2026/03/harbour-lamps`;
/** Fails twice with 500, then answers. */
export const flaky = `${news}/2026/03/night-ferry`;
/** Is not there, until it is mended. */
export const missing = `${news}/2026/03/bridge-opens-for-nobody`;
/** One of its two pictures is broken. */
export const halfBroken = `${news}/2026/03/storm-warning`;
/** Written in gb18030, which only a meta element tells. */
export const chinese = 'https://wenzhai.example.net/2026/lighthouse.html';
/** Not for the rule. */
export const unmatched = `${news}/2026/03/tide-tables`;

/** Pages that the rule sends on, the failing ones apart. */
export const pages = [
  halfBroken,
  `${news}/2026/04/market-in-twelve-pictures`,
  `${blog}/mending-an-umbrella`,
  `${blog}/a-week-without-a-clock`,
  chinese,
];

/** A video by its bare id, and by a short link whose target only a request tells. */
export const video = { bareId: 'BV17x411w7KC', shortLink: 'https://b23.tv/harbor1' };

/** Ten ways in which people write one address. */
export const spellings = [
  harbour,
  harbour.replace('https:', 'http:'),
  harbour.replace('news.example.com', 'NEWS.Example.COM'),
  harbour.replace('.com/', '.com:443/'),
  harbour.replace('/2026/', '/./2026/'),
  `${harbour}#comments`,
  `${harbour}?utm_source=feed&utm_medium=rss`,
  `${harbour}?fbclid=IwAR0abc`,
  harbour.replace('https://', ''),
  `look at this: ${harbour}?gclid=1, it is good`,
];
/** Another page, which says that it is really this one. */
export const archived = `${news}/archive/harbour-lamps`;
