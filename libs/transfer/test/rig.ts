import { randomBytes } from 'node:crypto';
import { LinkSigner, LocalBlobStore } from '@vaultstream/blobs';
import { GuardedHttp } from '@vaultstream/runtime';
import {
  Blobs,
  Bots,
  Contents,
  Database,
  Deliveries,
  Imports,
  PostgresTaskLog,
  SecretBox,
  Targets,
} from '@vaultstream/store';
import { tempDir, testDatabase } from '@vaultstream/testing';
import { importOld, openOld, type ImportOptions, type ImportReport } from '../src/index.ts';

export type Rig = Awaited<ReturnType<typeof openRig>>;

/** An installation to import into: real Postgres, a real folder of blobs. */
export async function openRig() {
  const [database, folder] = await Promise.all([testDatabase(), tempDir()]);
  const db = new Database({ url: database.url });
  const log = new PostgresTaskLog();
  const box = new SecretBox([randomBytes(32)]);
  const targets = new Targets(db, box);
  const store = await LocalBlobStore.open(
    folder.path,
    new LinkSigner({ secretsKeys: [randomBytes(32)], expiresS: 60 }),
  );
  const blobs = new Blobs(db);
  const target = { work: db, imports: new Imports(db, log, targets, new Bots(db, box), box), blobs, store };
  const http = new GuardedHttp();

  /** Imports what `from` names. */
  async function run(from: string, options: Partial<ImportOptions> & { media?: string } = {}): Promise<ImportReport> {
    const old = await openOld(from, options.media);
    try {
      return await importOld(old, {
        target,
        dryRun: false,
        archive: { enabled: true, maxImages: 100 },
        mayFetch: (url) => {
          try {
            return http.assertAllowedUrl(url) !== null;
          } catch {
            return false;
          }
        },
        progress: { at: () => undefined, end: () => undefined },
        signal: new AbortController().signal,
        ...options,
      });
    } finally {
      await old.database.close();
    }
  }

  /** Everything that an import writes, in one comparable value. */
  async function state(): Promise<Record<string, unknown[]>> {
    const tables = [
      'contents',
      'content_keys',
      'content_sources',
      'media',
      'blobs',
      'deliveries',
      'delivery_parts',
      'targets',
    ];
    const more = ['bot_configs', 'rules', 'rule_targets', 'tasks', 'events'];
    const dump: Record<string, unknown[]> = {};
    for (const table of [...tables, ...more])
      dump[table] = await db.client.$queryRawUnsafe(
        `SELECT to_jsonb(t) AS row FROM ${table} t ORDER BY to_jsonb(t)::text`,
      );
    return dump;
  }

  /** The content of a page of `old-rows`, with all that belongs to it. */
  const content = (path: string) =>
    db.client.content.findFirstOrThrow({
      where: { canonicalUrl: `https://example.com${path}` },
      include: {
        media: { orderBy: { position: 'asc' } },
        sources: { orderBy: { createdAt: 'asc' } },
        deliveries: { include: { parts: true, target: true } },
      },
    });

  return {
    url: database.url,
    content,
    tasks: () => db.client.task.findMany({ select: { name: true }, orderBy: { name: 'asc' } }),
    db,
    store,
    folder,
    box,
    contents: new Contents(db, log),
    deliveries: new Deliveries(db),
    run,
    state,
    rows: <T>(sql: string, ...values: unknown[]): Promise<T[]> => db.client.$queryRawUnsafe<T[]>(sql, ...values),
    close: async () => {
      await Promise.all([db.close(), http.close()]);
      await Promise.all([database.drop(), folder.remove()]);
    },
  };
}
