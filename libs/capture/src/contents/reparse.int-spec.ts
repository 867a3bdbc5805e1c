import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { eventually, withServer, type TestServer } from '@vaultstream/testing';
import { captureApp, type CaptureApp } from '../../test/capture-app.ts';

let broken = false;
let title = 'as the old parser saw it';
let server: TestServer;
let app: CaptureApp;
beforeAll(async () => {
  server = await withServer((request, response) => {
    response.setHeader('content-type', 'application/json');
    if (request.url?.startsWith('/x/tag')) return response.end('{"code":0,"data":[]}');
    if (broken) return response.end('{"code":-404,"message":"gone"}');
    response.end(JSON.stringify({ code: 0, data: { title, owner: { mid: 1, name: 'Mara' }, stat: {}, pubdate: 1 } }));
  });
  app = await captureApp({ FETCH_HOST_OVERRIDES: `api.bilibili.com=${server.url}` }, { workers: true });
}, 60_000);
afterAll(async () => {
  await app.close();
  await server.close();
});

const parses = `SELECT 1 FROM tasks WHERE name = 'content.parse' LIMIT 1`;
const content = async (id: number) => (await app.request('GET', `/contents/${id}`)).body;
const quiet = () => eventually(async () => (await app.rows(parses)).length === 0, { timeoutMs: 40_000 });
const version = async () =>
  (await app.request('GET', '/platforms')).body.find(({ id }: { id: string }) => id === 'bilibili').parser_version;
const reparse = (body: object) => app.request('POST', '/contents/reparse', { platform: 'bilibili', ...body });
/** As an older release has left them. */
const age = (ids: number[]) => app.rows('UPDATE contents SET parser_version = 1 WHERE id = ANY($1)', ids);

describe('POST /contents/reparse', () => {
  let ids: number[];
  beforeAll(async () => {
    const shares = await Promise.all(
      ['av5001', 'av5002', 'av5003', 'av5004'].map((url) => app.request('POST', '/shares', { url })),
    );
    ids = shares.map(({ body }) => body.content_id as number).sort((a, b) => a - b);
    await quiet();
  }, 60_000);

  it('reads what an older parser has read, paced, and is safe to ask for twice at once', async () => {
    const below_version = await version();
    await age(ids.slice(0, 3));
    const [first, second] = await Promise.all([
      reparse({ below_version, per_minute: 6 }),
      reparse({ below_version, per_minute: 6 }),
    ]);
    expect([first.status, second.status]).toEqual([202, 202]);
    expect(first.body.queued + second.body.queued).toBe(3);
    expect(first.body.matched).toBe(3);
    // They are what they were until their turn comes.
    expect((await content(ids[2] ?? 0)).status).toBe('PULLED');
    const waits = await app.rows<{ s: number }>(
      `SELECT round(extract(epoch FROM run_at - clock_timestamp()) / 10)::int AS s FROM tasks WHERE name = 'content.parse' AND starts = 0 ORDER BY run_at`,
    );
    expect(waits.at(-1)?.s).toBe(2);
    const again = await reparse({ below_version, per_minute: 6 });
    expect(again.body).toMatchObject({ queued: 0, ends_at: null });
    title = 'as the new parser sees it';
    await app.rows(`UPDATE tasks SET run_at = clock_timestamp() WHERE name = 'content.parse' AND state = 'ready'`);
    await quiet();
    // The first one's turn had come at once.
    for (const id of ids.slice(1, 3))
      expect(await content(id)).toMatchObject({ status: 'PULLED', parser_version: below_version, title });
    expect((await content(ids[3] ?? 0)).title).not.toBe(title);
    expect((await reparse({ below_version })).body).toEqual({ matched: 0, queued: 0, waiting: 0, ends_at: null });
  }, 60_000);

  it('leaves a content as it was when it cannot be read any more', async () => {
    const below_version = await version();
    const [id = 0] = ids;
    await age([id]);
    const before = await content(id);
    broken = true;
    expect((await reparse({ below_version })).body).toMatchObject({ matched: 1, queued: 1, waiting: 0 });
    await quiet();
    broken = false;
    expect(await content(id)).toMatchObject({
      status: 'PULLED',
      title: before.title,
      parser_version: 1,
      last_error_type: 'NotFound',
    });
    const { body } = await app.request('GET', `/contents/${id}/timeline`);
    expect(body.items.map(({ type }: { type: string }) => type).slice(-4)).toEqual([
      'content.requeued',
      'content.processing',
      'task.dead',
      'content.failed',
    ]);
  }, 60_000);

  it('leaves a content as it was while its platform is sick', async () => {
    const below_version = await version();
    const [, id = 0] = ids;
    await age(ids);
    await app.rows(
      `INSERT INTO platform_states (platform, circuit, trips, opened_at, retry_at)
       VALUES ('bilibili', 'open', 1, now(), now() + interval '10 min')
       ON CONFLICT (platform) DO UPDATE SET circuit = 'open', opened_at = excluded.opened_at, retry_at = excluded.retry_at`,
    );
    expect((await reparse({ below_version, per_minute: 6_000 })).body).toMatchObject({ matched: 4, queued: 4 });
    const isTold = async () => {
      const { body } = await app.request('GET', `/contents/${id}/timeline`);
      return body.items.some(({ type }: { type: string }) => type === 'content.waiting');
    };
    await eventually(isTold, { timeoutMs: 20_000 });
    expect(await content(id)).toMatchObject({ status: 'PULLED', parser_version: 1 });
    expect((await app.request('POST', '/platforms/bilibili/reset')).body.was_open).toBe(true);
    await quiet();
    expect(await content(id)).toMatchObject({ status: 'PULLED', parser_version: below_version });
  }, 60_000);

  it('names what it cannot do', async () => {
    const field = async (body: object) => {
      const answer = await reparse(body);
      return [answer.status, answer.body.errors?.[0]?.path];
    };
    expect(await field({ platform: 'nowhere', below_version: 1 })).toEqual([400, 'body.platform']);
    expect(await field({ below_version: (await version()) + 1 })).toEqual([400, 'body.below_version']);
    expect(await field({ below_version: 0 })).toEqual([400, 'body.below_version']);
    expect(await field({ below_version: 1, per_minute: 0 })).toEqual([400, 'body.per_minute']);
    const headers = { 'x-api-token': await app.token('write') };
    expect(await app.request('POST', '/contents/reparse', { platform: 'x', below_version: 1 }, headers)).toMatchObject({
      status: 403,
    });
  });
});
