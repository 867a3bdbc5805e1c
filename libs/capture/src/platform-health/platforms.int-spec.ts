import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { Settings } from '@vaultstream/store';
import type { TaskContext } from '@vaultstream/tasks';
import { eventually, withServer, type TestServer } from '@vaultstream/testing';
import { captureApp, type CaptureApp } from '../../test/capture-app.ts';
import { CanaryHandler } from './canary.handler.ts';
import { ParseRehearsal } from '../parse/parse-rehearsal.ts';

const answer = (title: string) => ({
  code: 0,
  data: {
    title,
    pic: 'https://i0.hdslb.com/bfs/lighthouse.jpg',
    owner: { mid: 42, name: 'Mara' },
    stat: { view: 7 },
    pubdate: 1_773_476_813,
  },
});

/** What stands in for Bilibili's API: as it should be, or sick. */
let mode: 'well' | 'sick' | 'login' | 'held' = 'well';
/** Answers that are held back. */
const held: (() => void)[] = [];
let server: TestServer;
let app: CaptureApp;
beforeAll(async () => {
  server = await withServer((request, response) => {
    const { pathname, searchParams } = new URL(request.url ?? '', 'http://localhost');
    if (pathname === '/page') {
      response.setHeader('content-type', 'text/html; charset=utf-8');
      return response.end('<title>A page of somebody else</title><p>unharmed</p>');
    }
    if (mode === 'sick') return response.writeHead(503).end('away');
    response.setHeader('content-type', 'application/json');
    if (mode === 'held') return void held.push(() => response.end('{"code":-404,"message":"none"}'));
    if (mode === 'login') return response.end('{"code":-403,"message":"login"}');
    if (pathname === '/x/tag/archive/tags') return response.end('{"code":0,"data":[]}');
    return response.end(JSON.stringify(answer(`Video ${searchParams.get('bvid')}`)));
  });
  const hosts = ['api.bilibili.com', 'pages.example.com'].map((host) => `${host}=${server.url}`);
  app = await captureApp(
    { FETCH_HOST_OVERRIDES: hosts.join(','), PLATFORM_CANARIES: 'bilibili,nowhere' },
    { workers: true },
  );
}, 60_000);
afterAll(async () => {
  await app.close();
  await server.close();
});
beforeEach(() => {
  mode = 'well';
});

const share = async (url: string) => (await app.request('POST', '/shares', { url })).body.content_id as number;
const content = async (id: number) => (await app.request('GET', `/contents/${id}`)).body;
const until = (id: number, status: string) =>
  eventually(async () => (await content(id)).status === status && content(id), { timeoutMs: 40_000 });
const bilibili = async () =>
  ((await app.request('GET', '/platforms')).body as { id: string; health: Record<string, never> }[]).find(
    ({ id }) => id === 'bilibili',
  ) as any; // eslint-disable-line @typescript-eslint/no-explicit-any -- looked into as clients do
const canary = () => app.request('POST', '/platforms/bilibili/canary');
const setCookie = async (value: string) => {
  const settings = app.get(Settings);
  await app.db.transact((tx) => settings.put(tx, { key: 'platform.bilibili.sessdata', value, secret: true }));
  settings.forget();
};

describe('GET /platforms', () => {
  it('says what each platform is, and that nothing is known of it yet', async () => {
    expect(await bilibili()).toMatchObject({
      hosts: expect.arrayContaining(['bilibili.com']),
      parser_version: expect.any(Number),
      settings: expect.arrayContaining([
        { key: 'platform.bilibili.sessdata', description: expect.any(String), secret: true, configured: false },
      ]),
      health: {
        state: 'unknown',
        success_ratio: null,
        circuit: { state: 'closed' },
        cookie: { state: 'unset' },
        canary: null,
      },
    });
    const { body } = await app.request('GET', '/platforms');
    expect(body).toContainEqual(
      expect.objectContaining({ id: 'web', health: expect.objectContaining({ circuit: null, cookie: null }) }),
    );
  });

  it('learns from answers whether a cookie is good', async () => {
    await setCookie('first-cookie');
    expect((await bilibili()).health.cookie).toEqual({ state: 'set', since: null });
    await until(await share('av1001'), 'PULLED');
    await eventually(async () => (await bilibili()).health.cookie.state === 'valid');
    mode = 'login';
    expect(await until(await share('av1002'), 'FAILED')).toMatchObject({ last_error_type: 'AccessDenied' });
    await eventually(async () => (await bilibili()).health.cookie.state === 'rejected');
    expect((await bilibili()).health).toMatchObject({
      state: 'degraded',
      success_ratio: 0.5,
      last_error_type: 'AccessDenied',
      cookie: { since: expect.any(String) },
    });
    await setCookie('second-cookie');
    expect((await bilibili()).health.cookie).toEqual({ state: 'set', since: null });
  }, 60_000);
});

describe('the canary of a platform', () => {
  it('reads its example, makes no content, and stays to be seen', async () => {
    const before = await app.rows('SELECT count(*)::int AS n FROM contents');
    const { status, body } = await canary();
    expect([status, body]).toMatchObject([
      200,
      { platform: 'bilibili', ok: true, title: 'Video BV17x411w7KC', author: 'Mara', media: 1, error_type: null },
    ]);
    expect(await app.rows('SELECT count(*)::int AS n FROM contents')).toEqual(before);
    expect((await bilibili()).health.canary).toEqual(body);
    mode = 'sick';
    expect((await canary()).body).toMatchObject({
      ok: false,
      error_type: 'UpstreamError',
      retryable: true,
      title: null,
    });
  });

  it('is read daily where the installation has named it, and only there', async () => {
    const context = { logger: { info: () => undefined, warn: () => undefined } } as unknown as TaskContext;
    const asked = server.requests.length;
    await app.get(CanaryHandler).run({}, context);
    expect((await bilibili()).health.canary).toMatchObject({ ok: true });
    expect(server.requests.length).toBeGreaterThan(asked);
    const { body } = await app.request('GET', '/platforms');
    for (const { id, health } of body) if (id !== 'bilibili') expect([id, health.canary]).toEqual([id, null]);
  });

  it('M4: waits in two requests at once, the others hear when to come back', async () => {
    mode = 'held';
    let answered = 0;
    const calls = Array.from({ length: 6 }, () => canary().finally(() => (answered += 1)));
    await eventually(() => answered === 4 && held.length >= 2);
    mode = 'sick';
    for (const answerNow of held) answerNow();
    const statuses = (await Promise.all(calls)).map(({ status }) => status);
    expect(statuses.sort()).toEqual([200, 200, 429, 429, 429, 429]);
  });

  it('is for admins, and for platforms that there are', async () => {
    expect(await app.request('POST', '/platforms/nowhere/canary')).toMatchObject({ status: 404 });
    const headers = { 'x-api-token': await app.token('write') };
    expect(await app.request('POST', '/platforms/bilibili/canary', undefined, headers)).toMatchObject({ status: 403 });
    expect(await app.request('POST', '/platforms/bilibili/reset', undefined, headers)).toMatchObject({ status: 403 });
    expect(await app.request('POST', '/platforms/web/reset')).toMatchObject({ status: 409 });
  });
});

describe('a sick platform', () => {
  it('P14: is left alone: its parses wait, spend no attempts and say why, others go on, and all come in when it is back', async () => {
    mode = 'sick';
    const ids: number[] = [];
    for (let number = 2_001; number <= 2_020; number++) ids.push(await share(`av${number}`));
    await eventually(async () => (await bilibili()).health.circuit.state === 'open', { timeoutMs: 40_000 });
    const late = await share('av2021');
    const waiting = await eventually(
      async () => {
        const { body } = await app.request('GET', `/contents/${late}/timeline`);
        return body.items.find(({ type }: { type: string }) => type === 'content.waiting') ?? false;
      },
      { timeoutMs: 20_000 },
    );
    expect(waiting.payload).toMatchObject({
      platform: 'bilibili',
      waits_for: 'circuit',
      reason: expect.stringContaining('503'),
    });
    const dryRun = await app.get(ParseRehearsal).rehearse({ content_id: late }, AbortSignal.timeout(10_000));
    expect(dryRun).toMatchObject({ outcome: 'waits', summary: expect.stringContaining('503') });
    const asked = server.requests.length;
    await until(await share('https://pages.example.com/page'), 'PULLED');
    expect((await bilibili()).health).toMatchObject({
      state: 'down',
      circuit: { state: 'open', trips: 1, reason: expect.stringContaining('503'), retry_at: expect.any(String) },
    });
    const tasks = await app.rows<{ failures: number }>(
      `SELECT failures FROM tasks WHERE name = 'content.parse' AND content_id = $1`,
      late,
    );
    expect(tasks).toEqual([{ failures: 0 }]);
    expect(server.requests.slice(asked).filter(({ url }) => url.startsWith('/x/'))).toEqual([]);

    // The pause ends: one parse asks, finds it sick, and the pause grows. No attempt is spent.
    const failures = () => app.rows('SELECT sum(failures)::int AS n FROM tasks');
    const before = await failures();
    const endPause = async () => {
      await app.rows(`UPDATE platform_states SET retry_at = clock_timestamp() WHERE platform = 'bilibili'`);
      await app.rows(`UPDATE tasks SET run_at = clock_timestamp() WHERE content_id = $1 AND state = 'ready'`, late);
    };
    await endPause();
    await eventually(async () => (await bilibili()).health.circuit.trips === 2, { timeoutMs: 20_000 });
    expect(server.requests.slice(asked).filter(({ url }) => url.startsWith('/x/web-interface'))).toHaveLength(1);
    expect(await failures()).toEqual(before);

    mode = 'well';
    await endPause();
    for (const id of [...ids, late]) await until(id, 'PULLED');
    expect((await bilibili()).health.circuit).toMatchObject({ state: 'closed', reason: null, trips: 0 });
    const told = await app.rows(`SELECT type FROM events WHERE content_id = $1 AND type = 'content.waiting'`, late);
    expect(told).toHaveLength(1);
  }, 120_000);

  it('can be asked again by hand', async () => {
    await app.rows(
      `UPDATE platform_states SET circuit = 'open', opened_at = now(), retry_at = now() + interval '15 min', trips = 9 WHERE platform = 'bilibili'`,
    );
    // Every process has seen it after a second.
    await eventually(async () => (await app.request('POST', '/platforms/bilibili/canary')).status === 200);
    const id = await share('av3001');
    await eventually(async () => (await content(id)).status !== 'UNPROCESSED', { timeoutMs: 20_000 });
    expect((await app.request('POST', '/platforms/bilibili/reset')).body).toMatchObject({
      was_open: true,
      circuit: { state: 'closed', trips: 0 },
    });
    expect((await app.request('POST', '/platforms/bilibili/reset')).body).toMatchObject({ was_open: false });
    await until(id, 'PULLED');
    const [event] = await app.rows<{ payload: object }>(
      `SELECT payload FROM events WHERE type = 'platform.circuit_closed' ORDER BY id DESC LIMIT 1`,
    );
    expect(event?.payload).toMatchObject({ platform: 'bilibili', reset_by: 'test' });
  }, 60_000);

  it('is shown by the metrics', async () => {
    const { body } = await app.request('GET', '//metrics');
    expect(body).toMatch(/vaultstream_platform_circuit\{platform="bilibili"\} 0\n/);
    expect(body).toMatch(/vaultstream_platform_up\{platform="bilibili"\} [01]\n/);
    expect(body).not.toContain('vaultstream_platform_circuit{platform="web"}');
  });
});
