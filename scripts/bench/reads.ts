import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { Cluster } from '../scale/cluster.ts';
import { inParallel, percentile, slowdown, type Figure } from './measure.ts';
import type { Services } from './services.ts';

const small = 10_000;
const calls = 200;

/** Each is asked for through the API, page by page or at once, as clients do. */
const queries: { name: string; ask(cluster: Cluster): Promise<unknown> }[] = [
  { name: 'list, newest first', ask: (cluster) => get(cluster, '/api/v1/contents?limit=20') },
  {
    name: 'list, by published_at, PULLED',
    ask: (cluster) => get(cluster, '/api/v1/contents?limit=20&status=PULLED&sort=published_at'),
  },
  { name: 'list, one platform', ask: (cluster) => get(cluster, '/api/v1/contents?limit=20&platform=bilibili') },
  { name: 'list, one tag', ask: (cluster) => get(cluster, '/api/v1/contents?limit=20&tag=rare') },
  { name: 'list, words', ask: (cluster) => get(cluster, '/api/v1/contents?limit=20&q=lighthouse') },
  { name: 'get-content, much is new', ask: (cluster) => offer(cluster, 'BENCH_NEW') },
  { name: 'get-content, all but the newest pushed', ask: (cluster) => offer(cluster, 'BENCH_KEEPS_UP') },
  { name: 'get-content, all pushed', ask: (cluster) => offer(cluster, 'BENCH_DONE') },
];

/** p95 of each query with many contents against that with ten thousand. */
export async function reads(services: Services, { contents }: { contents: number }): Promise<Figure[]> {
  const few = await p95s(services, 'bench_few', small);
  const many = await p95s(services, 'bench_many', contents);
  return queries.map(({ name }, index) =>
    slowdown(`${name}: p95 at ${contents} against ${small}`, many[index] ?? Number.NaN, few[index] ?? Number.NaN, 2),
  );
}

async function p95s(services: Services, name: string, contents: number): Promise<number[]> {
  const url = await services.database(name);
  await seed(url, contents);
  const dir = await mkdtemp(join(tmpdir(), 'vaultstream-bench-api-'));
  const cluster = await Cluster.start({ dir, counts: { api: 1 }, env: { DATABASE_URL: url, LOG_LEVEL: 'warn' } });
  try {
    const figures: number[] = [];
    for (const { name: what, ask } of queries) {
      await inParallel(20, 1, async () => void (await ask(cluster)));
      const p95 = percentile(await inParallel(calls, 1, async () => void (await ask(cluster))), 0.95);
      console.error(`  ${name}: ${what}: ${p95.toFixed(1)} ms`);
      figures.push(p95);
    }
    return figures;
  } finally {
    await cluster.stop();
    await rm(dir, { recursive: true, force: true });
  }
}

async function get(cluster: Cluster, path: string): Promise<void> {
  const { status, body } = await cluster.call('GET', path);
  if (status !== 200 || body.items.length === 0) throw new Error(`${path} answered ${status}: ${JSON.stringify(body)}`);
}

async function offer(cluster: Cluster, target: string): Promise<void> {
  const { status, body } = await cluster.call('POST', '/api/v1/bot/get-content', { target_platform: target, limit: 5 });
  if (status !== 200) throw new Error(`get-content answered ${status}: ${JSON.stringify(body)}`);
}

/** Contents of two years, one in a thousand with a rare tag and a rare word; three targets that have been sent nothing, all but 100, and all. */
async function seed(url: string, contents: number): Promise<void> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    await client.query('SET synchronous_commit = off');
    const rebuild = await dropSearchIndex(client);
    await client.query(
      `INSERT INTO contents (platform, content_type, url, canonical_url, status, archive_status, title, description, tags, published_at,
                             published_sort, created_at, search_text)
       SELECT platform, 'page', 'https://example.com/' || n, 'https://example.com/' || n, CASE WHEN n % 20 = 0 THEN 'FAILED' ELSE 'PULLED' END, 'none',
         'Title number ' || n, 'What is said about ' || n, CASE WHEN n % 1000 = 7 THEN ARRAY['rare', 'news'] ELSE ARRAY['news'] END, at, at, at,
         'title number ' || n || ' ' || md5(n::text) || CASE WHEN n % 1000 = 7 THEN ' lighthouse' ELSE '' END
       FROM (SELECT n, (ARRAY['web', 'bilibili', 'x', 'weibo'])[1 + n % 4] AS platform,
               timestamptz '2026-01-01' - make_interval(secs => (($1::int - n) * 63072000.0 / $1)) AS at
             FROM generate_series(1, $1::int) AS n) AS made`,
      [contents],
    );
    await client.query(rebuild);
    for (const [key, unsent] of [
      ['BENCH_NEW', contents],
      ['BENCH_KEEPS_UP', 100],
      ['BENCH_DONE', 0],
    ] as const) {
      const { rows } = await client.query<{ id: string }>(
        `INSERT INTO targets (id, key, kind, name, address, enabled) VALUES (gen_random_uuid(), $1, 'external', $1, '{}', false) RETURNING id`,
        [key],
      );
      await client.query(
        `INSERT INTO deliveries (id, content_id, target_id, state)
         SELECT gen_random_uuid(), id, $1, 'sent' FROM contents ORDER BY id LIMIT greatest(0, $2::int - $3::int)`,
        [rows[0]?.id, contents, unsent],
      );
    }
    await client.query('VACUUM ANALYZE');
  } finally {
    await client.end();
  }
}

/** An index of words that is built at once takes a fraction of the time. @returns The statement that makes it again. */
async function dropSearchIndex(client: pg.Client): Promise<string> {
  const name = 'contents_search_text_trgm';
  const { rows } = await client.query<{ indexdef: string }>('SELECT indexdef FROM pg_indexes WHERE indexname = $1', [
    name,
  ]);
  const definition = rows[0]?.indexdef;
  if (definition === undefined) throw new Error(`there is no index ${name}`);
  await client.query(`DROP INDEX ${name}`);
  return definition;
}
