import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { statsSchema } from '@vaultstream/contracts';
import { eventually } from '@vaultstream/testing';
import { upkeepApp, type UpkeepApp } from '../../test/upkeep-app.ts';

let rig: UpkeepApp;
beforeAll(async () => {
  rig = await upkeepApp();
  await fill(rig);
});
afterAll(() => rig.drop());

/** Three contents (one deleted), three pictures of which two are one blob, pushes with all ends. */
async function fill({ db, append }: UpkeepApp): Promise<void> {
  const run = (sql: string) => db.client.$executeRawUnsafe(sql);
  await run(`INSERT INTO contents (platform, url, canonical_url, status, deleted_at, created_at) VALUES
    ('web', 'a', 'a', 'PULLED', NULL, now()), ('web', 'b', 'b', 'FAILED', NULL, now() - interval '3 days'),
    ('bilibili', 'c', 'c', 'PULLED', NULL, now() - interval '40 days'), ('web', 'd', 'd', 'PULLED', now(), now())`);
  const [one, two] = ['a'.repeat(64), 'b'.repeat(64)];
  await run(
    `INSERT INTO blobs (sha256, key, mime, size, state) VALUES ('${one}', 'k1', 'image/webp', 100, 'live'), ('${two}', 'k2', 'image/webp', 50, 'live')`,
  );
  for (const [position, sha256] of [one, one, two].entries())
    await run(`INSERT INTO media (id, content_id, parse_generation, position, kind, origin_url, status, blob_sha256)
      SELECT gen_random_uuid(), min(id), 1, ${position}, 'image', 'https://x/${position}', 'stored', '${sha256}' FROM contents`);
  await run(
    `INSERT INTO targets (id, key, kind, name, address) SELECT gen_random_uuid(), 'T' || n, 'webhook', 'n', '{}' FROM generate_series(1, 5) n`,
  );
  const states = ['sent', 'sent', 'sent', 'failed', 'planned'];
  for (const [index, state] of states.entries())
    await run(`INSERT INTO deliveries (id, content_id, target_id, state)
      SELECT gen_random_uuid(), (SELECT min(id) FROM contents), id, '${state}' FROM targets WHERE key = 'T${index + 1}'`);
  // Thirty dead pictures that fail in two ways, and one that nobody minds any more.
  await run(`INSERT INTO dead_letters (id, task_id, name, queue, payload, reason, error_type, error, detail, attempts, fingerprint, discarded_at)
    SELECT gen_random_uuid(), gen_random_uuid(), 'media.archive', 'media', '{}', 'non_retryable', 'NotFound', 'gone', '{}', 1,
      CASE n WHEN 31 THEN 9 ELSE n % 2 END, CASE n WHEN 31 THEN now() END FROM generate_series(1, 31) n`);
  await append(
    { type: 'content.created' },
    { type: 'content.pulled' },
    { type: 'delivery.sent' },
    { type: 'delivery.sent' },
  );
}

describe('GET /stats', () => {
  it('counts what can be seen', async () => {
    const answer = await rig.get('/api/v1/stats');
    expect(answer.status).toBe(200);
    const stats = statsSchema.strict().parse(await answer.json());
    expect(stats.contents).toMatchObject({
      total: 3,
      by_status: { UNPROCESSED: 0, PROCESSING: 0, PULLED: 2, FAILED: 1 },
      by_platform: { web: 2, bilibili: 1 },
    });
    expect(stats.contents.new_per_day).toHaveLength(30);
    expect(stats.contents.new_per_day.map(({ count }) => count).filter((count) => count > 0)).toEqual([1, 1]);
    expect(stats.contents.new_per_day.at(-1)?.day).toBe(new Date().toISOString().slice(0, 10));
    expect(stats.queues.map(({ queue }) => queue)).toEqual(expect.arrayContaining(['parse', 'media', 'push']));
    expect(stats.queues.find(({ queue }) => queue === 'push')).toMatchObject({ rate: 0.4 });
    expect(stats.rates).toEqual({ shared: 0.2, pulled: 0.2, failed: 0, stored: 0, sent: 0.4 });
    expect(stats.pushes).toEqual({ by_status: { sent: 3, failed: 1, planned: 1 }, success_rate: 0.75 });
    expect(stats.storage).toEqual({ blobs: 2, bytes: 150, dedupe_ratio: 1 / 3 });
  });

  it('is counted once for many who ask, and only for who may', async () => {
    const answers = await Promise.all(
      Array.from({ length: 20 }, () => rig.get('/api/v1/stats').then((one) => one.text())),
    );
    expect(new Set(answers).size).toBe(1);
    expect((await rig.get('/api/v1/stats', { 'x-api-token': await rig.token('write') })).status).toBe(403);
  });

  it('are how fast each queue goes, for GET /queues too; one without events says that it does not know', async () => {
    const { items } = (await (await rig.get('/api/v1/queues')).json()) as { items: { queue: string; rate: number }[] };
    expect(Object.fromEntries(items.map(({ queue, rate }) => [queue, rate]))).toEqual({
      parse: 0.2,
      media: 0,
      plan: null,
      push: 0.4,
      upkeep: null,
    });
  });

  it('says the same to Prometheus', async () => {
    const text = await (await rig.get('/metrics')).text();
    expect(text).toContain('vaultstream_contents{platform="web",status="FAILED"} 1');
    expect(text).toContain('vaultstream_dead_letter_kinds{queue="media"} 2\n');
    expect(text).toContain('vaultstream_dead_letter_kinds{queue="parse"} 0\n');
    expect(text).toContain('vaultstream_blobs 2\n');
    expect(text).toContain('vaultstream_blob_bytes 150\n');
    expect(text).toMatch(/vaultstream_db_pool_connections\{state="active"\} \d+\n/);
    expect(text).toContain('vaultstream_contents_last_day{platform="web"} 1\n');
    expect(text).not.toContain('vaultstream_contents_last_day{platform="bilibili"}');
    expect(text).toContain('vaultstream_orphans 0\n');
    expect(text).toContain('vaultstream_open_deliveries{state="planned"} 1\n');
    expect(text).toContain('vaultstream_open_deliveries{state="unconfirmed"} 0\n');
    expect(text).toContain('vaultstream_targets{kind="webhook",state="ok"} 5\n');
    expect(text).toMatch(/vaultstream_active_tokens\{window="1h"\} [1-9]/);
    expect(text).toMatch(/vaultstream_db_connections\{state="idle"\} \d+\n/);
    expect(text).toMatch(/vaultstream_db_max_connections [1-9]\d+\n/);
    expect(text).toMatch(/vaultstream_db_table_bytes\{table="contents"\} [1-9]\d+\n/);
    // Partitions are one table.
    expect(text).toMatch(/vaultstream_db_table_bytes\{table="events"\} [1-9]\d+\n/);
    expect(text).not.toContain('table="events_');
  });

  it('says when the last backup and the last check of stored bytes have succeeded; 0 before the first', async () => {
    const told = async (name: string) =>
      Number(new RegExp(`^vaultstream_${name}_last_success_timestamp_seconds (.*)$`, 'm').exec(await metrics())?.[1]);
    const metrics = async () => (await rig.get('/metrics')).text();
    expect([await told('backup'), await told('scrub')]).toEqual([0, 0]);
    await rig.append({ type: 'backup.finished' });
    await eventually(async () => Math.abs((await told('backup')) - Date.now() / 1_000) < 60);
    expect(await told('scrub')).toBe(0);
    // Not by reading all events.
    const plan = await rig.db.client.$queryRawUnsafe<{ 'QUERY PLAN': string }[]>(
      `EXPLAIN SELECT created_at FROM events WHERE type = 'backup.finished' ORDER BY created_at DESC LIMIT 1`,
    );
    expect(plan.map((line) => line['QUERY PLAN']).join('\n')).toMatch(/Index (Only )?Scan.*type_created_at/);
  });
});
