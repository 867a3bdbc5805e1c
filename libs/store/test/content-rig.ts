import { testDatabase } from '@vaultstream/testing';
import type { Canonical, ParsedContent, ParsedMedia, Tx } from '@vaultstream/contracts';
import { ContentReads } from '../src/contents/content-reads.ts';
import { Contents } from '../src/contents/contents.ts';
import type { ParseResult } from '../src/contents/parse-record.ts';
import type { Share, ShareOutcome } from '../src/contents/share.ts';
import { Database } from '../src/database/database.ts';
import { MediaItems } from '../src/media/media-items.ts';
import { PostgresTaskLog } from '../src/tasks/task-log.ts';

/** The repositories of contents on a database of their own. */
export interface ContentRig {
  url: string;
  db: Database;
  contents: Contents;
  reads: ContentReads;
  media: MediaItems;
  transact<T>(work: (tx: Tx) => Promise<T>): Promise<T>;
  /** Rows of any statement, with `$1` parameters. */
  rows<T = Record<string, unknown>>(sql: string, ...parameters: unknown[]): Promise<T[]>;
  /** The only value of the only row. */
  value<T = number>(sql: string, ...parameters: unknown[]): Promise<T>;
  share(share: Partial<Share> & { canonical: Canonical }): Promise<ShareOutcome>;
  /** Shares a URL and records a parse of it. Answers the content's id. */
  pulled(url: string, result?: ParseResult): Promise<number>;
  /** Ends all tasks, as workers would. */
  endTasks(): Promise<void>;
  close(): Promise<void>;
}

/** Opens a rig; `close` it in `afterAll`. */
export async function contentRig(poolSize = 10): Promise<ContentRig> {
  const database = await testDatabase();
  const db = new Database({ url: database.url, poolSize });
  const log = new PostgresTaskLog();
  const contents = new Contents(db, log);
  const rig: ContentRig = {
    url: database.url,
    db,
    contents,
    reads: new ContentReads(db),
    media: new MediaItems(db, log),
    transact: (work) => db.transact(work),
    rows: (sql, ...parameters) => db.client.$queryRawUnsafe(sql, ...parameters),
    value: async <T>(sql: string, ...parameters: unknown[]) => {
      const [row] = await rig.rows(sql, ...parameters);
      return Object.values(row ?? {})[0] as T;
    },
    share: (share) => db.transact((tx) => contents.share(tx, { url: share.canonical.url, tags: [], ...share })),
    pulled: async (url, result = aParse()) => {
      const { contentId } = await rig.share({ canonical: web(url) });
      await db.transact((tx) => contents.recordParse(tx, contentId, result));
      await rig.endTasks();
      return contentId;
    },
    endTasks: async () => void (await db.client.$executeRaw`DELETE FROM tasks`),
    close: async () => {
      await db.close();
      await database.drop();
    },
  };
  return rig;
}

/** A canonical address of the platform `web`. */
export const web = (url: string): Canonical => ({ platform: 'web', url, platformId: null, contentType: null });

/** Pictures of a page. */
export const images = (...urls: string[]): ParsedMedia[] =>
  urls.map((url) => ({ kind: 'image', role: 'content', url }));

/** The result of a parse. */
export function aParse(
  parsed: Partial<ParsedContent> = {},
  more: Partial<Omit<ParseResult, 'parsed'>> = {},
): ParseResult {
  return {
    learnt: null,
    archive: { enabled: true, maxImages: 100 },
    ...more,
    parsed: {
      platform_id: null,
      content_type: 'article',
      title: 'A title',
      description: null,
      body_text: 'Some text.',
      author: null,
      site_name: null,
      language: 'en',
      published_at: null,
      tags: [],
      is_nsfw: false,
      stats: {},
      media: [],
      raw_metadata: {},
      parser_version: 1,
      ...parsed,
    },
  };
}
