import { bilibiliUrls } from './bilibili.ts';
import type { UrlTable } from './url-table.ts';
import { webUrls } from './web.ts';
import { xUrls } from './x.ts';

/** One table a platform. */
export const urlTables: readonly UrlTable[] = [bilibiliUrls, xUrls, webUrls];
