import pg from 'pg';
import { Cluster } from '../scale/cluster.ts';
import { atMost, inParallel, percentile, type Sample } from './measure.ts';
import type { BenchOptions } from './options.ts';
import type { Services } from './services.ts';

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

/** p95 of each query with many contents against that with few: both are asked in turns, so that a busy moment of the machine meets both. */
export async function reads(services: Services, { sizes }: BenchOptions): Promise<Sample[]> {
  const few = await open(services, sizes.fewContents);
  const many = await open(services, sizes.contents);
  try {
    const samples: Sample[] = [];
    for (const { name: what, ask } of queries) {
      const bare = await p95(() => ask(few), sizes.queries);
      const ours = await p95(() => ask(many), sizes.queries);
      const name = `${what}: p95 of ${sizes.contents} against ${sizes.fewContents}`;
      samples.push({ name, ours, bare, unit: 'ms', goal: atMost(2) });
    }
    return samples;
  } finally {
    await Promise.all([few.stop(), many.stop()]);
  }
}

async function p95(ask: () => Promise<unknown>, times: number): Promise<number> {
  await inParallel(Math.min(20, times), 1, async () => void (await ask()));
  return percentile(await inParallel(times, 1, async () => void (await ask())), 0.95);
}

/** An API over so many contents, which are made once for all rounds. */
async function open(services: Services, contents: number): Promise<Cluster> {
  const url = await services.once(`contents-${contents}`, async () => {
    const made = await services.database('contents');
    await seed(made, contents);
    return made;
  });
  const dir = await services.folder('api');
  return Cluster.start({ dir, counts: { api: 1 }, env: { DATABASE_URL: url, LOG_LEVEL: 'warn' } });
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
