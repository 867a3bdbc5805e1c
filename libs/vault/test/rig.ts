import { randomBytes } from 'node:crypto';
import type { RequestListener } from 'node:http';
import { LinkSigner, LocalBlobStore } from '@vaultstream/blobs';
import { parsedContentSchema, type Later, type ParsedMedia, type Tx } from '@vaultstream/contracts';
import { createLogger, Env, GuardedHttp, Metrics } from '@vaultstream/runtime';
import { Blobs, Contents, Database, MediaItems, PostgresTaskLog, type ClaimTimes } from '@vaultstream/store';
import type { TaskContext, TaskHandler } from '@vaultstream/tasks';
import { tempDir, testDatabase, withServer } from '@vaultstream/testing';
import { ArchiveMediaHandler } from '../src/worker/archive/archive-media.handler.ts';
import { PictureStorer } from '../src/worker/archive/picture-storer.ts';
import { DamageRecorder } from '../src/reads/damage-recorder.ts';
import { VerifiedReads } from '../src/reads/verified-reads.ts';
import { StorageGate } from '../src/worker/archive/storage-gate.ts';
import { ImageConverter } from '../src/worker/convert/image-converter.ts';

export type Rig = Awaited<ReturnType<typeof openRig>>;

/** Real Postgres, a real folder, a real converter and a web server whose answers a spec decides: everything but the queue. */
export async function openRig(answer: RequestListener, times?: ClaimTimes) {
  const [database, folder, server] = await Promise.all([testDatabase(), tempDir(), withServer(answer)]);
  const db = new Database({ url: database.url });
  const log = new PostgresTaskLog();
  const logger = createLogger('test', { level: 'fatal', format: 'json' });
  const links = new LinkSigner({ secretsKeys: [randomBytes(32)], expiresS: 60 });
  const store = await LocalBlobStore.open(folder.path, links);
  const http = new GuardedHttp({ allowHosts: [`127.0.0.1:${server.port}`] });
  const contents = new Contents(db, log);
  const media = new MediaItems(db, log);
  const blobs = new Blobs(db, times);
  const converter = new ImageConverter();
  const metrics = new Metrics(logger);
  const reads = new VerifiedReads(store, new DamageRecorder(blobs, metrics, logger), logger);

  /** A worker of its own, as in another process: by default all share the database, the folder and one converter. */
  function worker(parts: { env?: Env; storer?: PictureStorer; gate?: StorageGate } = {}): ArchiveMediaHandler {
    const storer = parts.storer ?? new PictureStorer(blobs, store, converter, 80);
    const gate = parts.gate ?? new StorageGate(store);
    return new ArchiveMediaHandler(parts.env ?? Env.load({}), http, media, blobs, storer, gate, metrics);
  }

  /** One run of a task as `libs/tasks` would do it, less the fence. */
  function contextOf(signal = new AbortController().signal): TaskContext {
    const transact = <T>(work: (tx: Tx) => Promise<T>): Promise<T> => db.transact(work);
    const defer = (_later: Later, work: (tx: Tx) => Promise<void>): Promise<void> => db.transact(work);
    const hold = () => () => undefined;
    return { taskId: '0', attempt: 1, maxAttempts: 4, signal, logger, hold, transact, commit: transact, defer };
  }

  /** What a parse of a content that found these media writes. */
  async function parse(contentId: number, media: object[]): Promise<void> {
    const parsed = parsedContentSchema.parse({ ...emptyContent, media });
    const archive = { enabled: true, maxImages: 100 };
    await db.transact((tx) => contents.recordParse(tx, contentId, { parsed, learnt: null, archive }));
  }

  /** A PULLED content with these pictures of the server. Answers its id and the ids of its media in order. */
  async function content(paths: string[], kind: ParsedMedia['kind'] = 'image') {
    const url = `${server.url}/page/${randomBytes(8).toString('hex')}`;
    const canonical = { platform: 'web', url, platformId: null, contentType: null };
    const { contentId } = await db.transact((tx) => contents.share(tx, { canonical, url, tags: [] }));
    await parse(
      contentId,
      paths.map((path) => ({ kind, url: `${server.url}${path}` })),
    );
    const rows = await db.client.media.findMany({ where: { contentId }, orderBy: { position: 'asc' } });
    return { contentId, mediaIds: rows.map(({ id }) => id) };
  }

  /** Runs `media.archive` to its end; what would be a dead letter is written as one: the error is answered. */
  async function archive(contentId: number, mediaId: string, handler: TaskHandler<'media.archive'> = worker()) {
    const payload = { media_id: mediaId, content_id: contentId };
    try {
      await handler.run(payload, contextOf());
      return null;
    } catch (error) {
      const { name, message } = error as Error;
      const failure = { errorType: name, message, stack: null, attempts: [] };
      await db.transact(async (tx) => handler.onDead?.(payload, failure, tx));
      return error as Error;
    }
  }

  async function close(): Promise<void> {
    await Promise.all([converter.stop(), http.close(), server.close(), db.close()]);
    await Promise.all([database.drop(), folder.remove()]);
  }

  const row = (id: string) => db.client.media.findUniqueOrThrow({ where: { id } });
  const contentRow = (id: number) => db.client.content.findUniqueOrThrow({ where: { id } });
  return {
    db,
    log,
    http,
    contents,
    media,
    blobs,
    store,
    converter,
    server,
    folder,
    metrics,
    reads,
    worker,
    contextOf,
    content,
    parse,
    archive,
    close,
    row,
    contentRow,
  };
}

const emptyContent = {
  platform_id: null,
  content_type: 'article',
  title: 'A page',
  description: null,
  body_text: null,
  author: null,
  site_name: null,
  language: null,
  published_at: null,
  tags: [],
  stats: {},
  raw_metadata: {},
  parser_version: 1,
};
