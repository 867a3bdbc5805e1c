/**
 * The platforms that have hosts of their own, one line each: what is exported here is known everywhere. No two of them answer for one host, so
 * their order means nothing.
 */
export { bilibili } from './bilibili/bilibili.platform.ts';
export { github } from './github/github.platform.ts';
export { reddit } from './reddit/reddit.platform.ts';
export { telegram } from './telegram/telegram.platform.ts';
export { weibo } from './weibo/weibo.platform.ts';
export { x } from './x/x.platform.ts';
export { xiaohongshu } from './xiaohongshu/xiaohongshu.platform.ts';
export { youtube } from './youtube/youtube.platform.ts';
export { zhihu } from './zhihu/zhihu.platform.ts';
