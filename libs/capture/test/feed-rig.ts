import type { Tx } from '@vaultstream/contracts';
import { Env, GuardedHttp, Metrics } from '@vaultstream/runtime';
import { FeedPolls } from '@vaultstream/store';
import type { TaskContext } from '@vaultstream/tasks';
import { withServer, type TestServer } from '@vaultstream/testing';
import { FeedIntake } from '../src/feeds/feed-intake.ts';
import { FeedPollHandler } from '../src/feeds/feed-poll.handler.ts';
import type { Extractor } from '@vaultstream/platforms';
import { PAGE_READER } from '../src/parse/page-reader.ts';
import { HostSlots } from '../src/parse/host-slots.ts';
import { ShareService } from '../src/shares/share.service.ts';
import { captureApp, type CaptureApp } from './capture-app.ts';

/** What the server of the feeds answers. */
export interface Reply {
  status?: number;
  headers?: Record<string, string>;
  body?: string;
}

/** Feeds on a real server, and polls that a test runs when it wants to. */
export interface FeedRig {
  app: CaptureApp;
  server: TestServer;
  /** By path. An `etag` makes the server answer 304 to whoever brings it. */
  replies: Map<string, Reply>;
  /** Subscribes; answers the feed's id. */
  subscribe(path: string, more?: object): Promise<string>;
  /** One poll, as a worker would run it. */
  poll(id: string, changes?: Partial<TaskContext>): Promise<void>;
  /** What the schedule does. */
  tick(): Promise<void>;
  feed(id: string): Promise<Record<string, unknown>>;
  /** Paths of what a feed has shared, in the order of the contents. */
  shared(id: string): Promise<string[]>;
  /** Nothing subscribed, nothing answered, nothing asked. */
  reset(): Promise<void>;
  close(): Promise<void>;
}

export const site = 'https://feeds.example.com';

const item = (name: string) =>
  `<item><guid isPermaLink="false">${name}</guid><title>${name}</title><link>/posts/${name}</link></item>`;

/** A feed with these entries, the newest first. */
export const rss = (...names: string[]): string =>
  `<rss version="2.0"><channel><title>Lamps</title><link>${site}/</link>${names.map(item).join('')}</channel></rss>`;

/** Opens a rig; `close` it in `afterAll`. */
export async function feedRig({ workers = false } = {}): Promise<FeedRig> {
  const replies = new Map<string, Reply>();
  const server = await withServer((request, response) => {
    const { status = 200, headers = {}, body = '' } = replies.get(request.url ?? '') ?? { status: 404 };
    const known = headers['etag'] !== undefined && request.headers['if-none-match'] === headers['etag'];
    response.writeHead(known ? 304 : status, { 'content-type': 'application/rss+xml', ...headers });
    response.end(known ? '' : body);
  });
  const hosts = ['feeds', 'new'].map((name) => `${name}.example.com=${server.url}`).join(',');
  const app = await captureApp({ FETCH_HOST_OVERRIDES: hosts }, { workers });
  const [polls, metrics] = [app.get(FeedPolls), app.get(Metrics)];
  const intake = new FeedIntake(polls, app.get(ShareService), metrics);
  const slots = new HostSlots(app.get(Env as unknown as new () => Env));
  const handler = new FeedPollHandler(
    polls,
    intake,
    app.get(GuardedHttp),
    app.get(PAGE_READER as unknown as new () => Extractor),
    slots,
    metrics,
  );
  const context = {
    signal: new AbortController().signal,
    logger: { info: () => undefined },
    transact: (work: (tx: Tx) => Promise<unknown>) => app.db.transact(work),
    commit: (work: (tx: Tx) => Promise<unknown>) => app.db.transact(work),
  } as unknown as TaskContext;
  return {
    app,
    server,
    replies,
    async subscribe(path, more = {}) {
      const { status, body } = await app.request('POST', '/feeds', { url: `${site}${path}`, ...more });
      if (status !== 201) throw new Error(`not subscribed: ${status} ${JSON.stringify(body)}`);
      return body.id as string;
    },
    poll: (id, changes = {}) => handler.run({ feed_id: id }, { ...context, ...changes }),
    tick: () => handler.run({}, context),
    feed: async (id) => (await app.request('GET', `/feeds/${id}`)).body,
    async shared(id) {
      const rows = await app.rows<{ url: string }>(
        'SELECT url FROM content_sources WHERE source = $1 ORDER BY id',
        `feed:${id}`,
      );
      return rows.map(({ url }) => url.replace(`${site}/posts/`, ''));
    },
    async reset() {
      for (const table of ['feeds', 'tasks', 'content_sources', 'content_keys', 'contents'])
        await app.rows(`DELETE FROM ${table}`);
      replies.clear();
      server.requests.length = 0;
    },
    async close() {
      await app.close();
      await server.close();
    },
  };
}
