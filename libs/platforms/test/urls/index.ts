import { bilibiliUrls } from './bilibili.ts';
import { feedUrls } from './feed.ts';
import { githubUrls } from './github.ts';
import { redditUrls } from './reddit.ts';
import { telegramUrls } from './telegram.ts';
import type { UrlTable } from './url-table.ts';
import { webUrls } from './web.ts';
import { weiboUrls } from './weibo.ts';
import { xUrls } from './x.ts';
import { xiaohongshuUrls } from './xiaohongshu.ts';
import { youtubeUrls } from './youtube.ts';
import { zhihuUrls } from './zhihu.ts';

/** One table a platform. */
export const urlTables: readonly UrlTable[] = [
  bilibiliUrls,
  xUrls,
  weiboUrls,
  xiaohongshuUrls,
  zhihuUrls,
  telegramUrls,
  youtubeUrls,
  redditUrls,
  githubUrls,
  feedUrls,
  webUrls,
];
