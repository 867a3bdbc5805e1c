import { cp, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { emptyDatabase, tempDir, type TestDatabase } from '@vaultstream/testing';
import { quiet } from '../../test/embedded/quiet.ts';
import { withClient } from './databases.ts';
import { deployMigrations } from './deploy-migrations.ts';
import { prismaDir } from './migration-files.ts';

/** The last migration of the release before. */
const before = '20261122122435_blob_keys';

let folder: Awaited<ReturnType<typeof tempDir>>;
let database: TestDatabase;
const ask = <T = Record<string, unknown>>(sql: string): Promise<T[]> =>
  withClient(database.url, async (client) => (await client.query(sql)).rows as T[]);

beforeAll(async () => {
  [folder, database] = await Promise.all([tempDir(), emptyDatabase()]);
  const migrations = join(prismaDir(), 'migrations');
  for (const name of (await readdir(migrations)).filter((one) => one <= before))
    await cp(join(migrations, name), join(folder.path, name), { recursive: true });
  await deployMigrations(database.url, quiet, [], folder.path);
  await ask(rowsOfThen);
});
afterAll(() => Promise.all([database.drop(), folder.remove()]));

/** What an installation of that release holds: contents 1 to 6 in every state that matters, names, a rule. */
const rowsOfThen = `
  INSERT INTO contents (platform, url, canonical_url, status, archive_status, deleted_at, body_text) VALUES
    ('web', 'https://a.example/1', 'https://a.example/1', 'PULLED', 'ready', NULL, 'settled'),
    ('web', 'https://a.example/2', 'https://a.example/2', 'PULLED', 'pending', NULL, 'its pictures are under way'),
    ('web', 'https://a.example/3', 'https://a.example/3', 'UNPROCESSED', 'pending', NULL, NULL),
    ('web', 'https://a.example/4', 'https://a.example/4', 'PULLED', 'none', now(), 'deleted'),
    ('web', 'https://a.example/5', 'https://a.example/5', 'PULLED', 'none', NULL, 'its plan still waits'),
    ('bilibili', 'https://b23.tv/6', 'https://www.bilibili.com/video/BV6', 'PULLED', 'none', NULL, 'settled');
  INSERT INTO content_keys (platform, key, content_id) SELECT platform, canonical_url, id FROM contents;
  INSERT INTO content_keys (platform, key, content_id) VALUES ('web', 'https://a.example/alias', 1), ('bilibili', 'https://b23.tv/6', 6);
  INSERT INTO tasks (id, name, queue, payload, content_id, priority, state, dedupe_key)
    VALUES (gen_random_uuid(), 'delivery.plan', 'push', '{"content_id": 5}', 5, 5, 'ready', 'delivery.plan:5');
  INSERT INTO targets (id, key, kind, name, address) VALUES ('00000000-0000-4000-8000-000000000001', 'T', 'webhook', 't', '{}');
  INSERT INTO rules (id, name) VALUES ('00000000-0000-4000-8000-000000000002', 'r');
  INSERT INTO rule_targets (rule_id, target_id)
    VALUES ('00000000-0000-4000-8000-000000000002', '00000000-0000-4000-8000-000000000001');`;

describe('the database of the release before', () => {
  it('is brought up to date once, with its rows', async () => {
    const run = await deployMigrations(database.url, quiet);
    expect(run[0]).toBe('20261127224448_plan_baseline');
    expect(await deployMigrations(database.url, quiet)).toEqual([]);
    expect(await ask('SELECT count(*)::int AS contents FROM contents')).toEqual([{ contents: 6 }]);
  });

  it('has its settled contents count as planned, and no others; what is edited from then on is kept as it was', async () => {
    expect(await ask('SELECT id FROM contents WHERE planned_at IS NOT NULL ORDER BY id')).toEqual([
      { id: 1 },
      { id: 6 },
    ]);
    await ask(`UPDATE contents SET tags = '{news}'`);
    const kept =
      await ask(`SELECT id, plan_baseline -> 'tags' AS tags, plan_baseline ->> 'bodyText' AS text FROM contents
      WHERE plan_baseline IS NOT NULL ORDER BY id`);
    expect(kept).toEqual([1, 6].map((id) => ({ id, tags: [], text: 'settled' })));
  });

  it('believes what a platform has told of its addresses for ever, and asks again what pages of the web have told', async () => {
    const believed = await ask(`
      SELECT key, believed_until = 'infinity' AS always FROM content_keys WHERE key LIKE '%alias' OR key LIKE '%b23%' ORDER BY key`);
    expect(believed).toEqual([
      { key: 'https://a.example/alias', always: null },
      { key: 'https://b23.tv/6', always: true },
    ]);
  });

  it('sends by its rules where it has sent before', async () => {
    expect(await ask('SELECT is_nsfw FROM rule_targets')).toEqual([{ is_nsfw: false }]);
  });
});
