import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { eventually } from '@vaultstream/testing';
import { readSse } from '../../libs/upkeep/test/sse-reader.ts';
import type { Cluster, Member } from './cluster.ts';
import { balancerProgram, partsHere, ScaleWorld } from './world.ts';

/** What one replica of the API knows, all know: whoever the balancer asks. */
describe.each(partsHere)('three API replicas on %s', (parts) => {
  let world: ScaleWorld;
  let cluster: Cluster;
  let apis: Member[];

  beforeAll(async () => {
    world = await ScaleWorld.start(parts, {
      counts: { api: 3, 'parse-worker': 1, 'media-worker': 1, 'push-dispatcher': 1, scheduler: 1 },
      env: {},
      balancer: balancerProgram === undefined ? undefined : { program: balancerProgram },
    });
    cluster = world.cluster;
    apis = cluster.of('api');
  }, 180_000);

  afterAll(() => world?.stop(), 120_000);

  /** Asks the replica with this number, counting from 0. */
  const ask = (replica: number, method: string, path: string, body?: unknown, headers: Record<string, string> = {}) =>
    cluster.call(method, path, body, headers, apis[replica % apis.length]?.url);
  const newToken = async (scopes: string[]): Promise<{ id: string; token: string }> =>
    (await ask(0, 'POST', '/api/v1/tokens', { name: 'test', scopes })).body as { id: string; token: string };

  it('A5: a token that one replica revokes opens no other within a minute', async () => {
    const { id, token } = await newToken(['read']);
    const statuses = () =>
      Promise.all(
        apis.map(async (_, at) => (await ask(at, 'GET', '/api/v1/tags', undefined, { 'x-api-token': token })).status),
      );
    expect(await statuses()).toEqual([200, 200, 200]);
    expect((await ask(1, 'DELETE', `/api/v1/tokens/${id}`)).status).toBe(204);
    await eventually(async () => expect(await statuses()).toEqual([401, 401, 401]), {
      timeoutMs: 60_000,
      intervalMs: 500,
    });
  }, 90_000);

  it('an Idempotency-Key means the same on all of them, also when they are asked at once', async () => {
    const key = { 'idempotency-key': 'the-same' };
    const share = { url: world.site.url(9_001), source: 'one' };
    const answers = await Promise.all(apis.map((_, at) => ask(at, 'POST', '/api/v1/shares', share, key)));
    expect(answers.map(({ status }) => status)).toEqual([201, 201, 201]);
    expect(answers.filter(({ headers }) => headers.get('idempotent-replayed') === null)).toHaveLength(1);
    const id = answers[0]?.body.content_id as number;
    expect((await ask(2, 'GET', `/api/v1/contents/${id}`)).body.sources).toHaveLength(1);
    expect((await ask(1, 'POST', '/api/v1/shares', { url: world.site.url(9_002) }, key)).status).toBe(422);
  });

  it('a signed link of one replica is served by the others', async () => {
    const { body } = await ask(0, 'POST', '/api/v1/shares', { url: world.site.url(9_003) });
    const content = await eventually(
      async () => {
        const answer = await ask(1, 'GET', `/api/v1/contents/${body.content_id}`);
        expect(answer.body.archive_status).toBe('ready');
        return answer.body as { media: { stored_url: string }[] };
      },
      { timeoutMs: 60_000, intervalMs: 200 },
    );
    const link = content.media[0]?.stored_url ?? '';
    for (const { url } of apis) expect((await fetch(new URL(link, url))).status).toBe(200);
    if (link.startsWith('/')) {
      const forged = link.replace(/.$/, (last) => (last === '0' ? '1' : '0'));
      for (const { url } of apis) expect((await fetch(new URL(forged, url))).status).toBeGreaterThanOrEqual(401);
    }
  }, 90_000);

  it('an event stream that dies with its replica goes on at another one, without loss and without repetition', async () => {
    const follow = async (url: string, lastId?: string) => {
      const answer = await fetch(`${url}/api/v1/events?types=content.created`, {
        headers: { 'x-api-token': cluster.token, ...(lastId === undefined ? {} : { 'last-event-id': lastId }) },
      });
      expect(answer.status).toBe(200);
      return readSse(answer);
    };
    const idOf = (frame: { data: string } | null) =>
      (JSON.parse(frame?.data ?? '{}') as { content_id: number }).content_id;
    const [first, second] = [apis[1], apis[2]];
    if (!first || !second) throw new Error('there are not three');

    const before = await follow(first.url);
    expect((await before.next())?.event).toBe('connected');
    const shared = async (from: number) => {
      const ids: number[] = [];
      for (let article = from; article < from + 5; article++) {
        const { body } = await ask(0, 'POST', '/api/v1/shares', { url: world.site.url(article) });
        ids.push(body.content_id as number);
      }
      return ids;
    };
    const early = await shared(9_100);
    const seen = [idOf(await before.next()), idOf(await before.next())];
    const lastId = before.seen.lastId;
    await first.kill();
    const late = await shared(9_200);
    const after = await follow(second.url, lastId);
    expect((await after.next())?.event).toBe('connected');
    while (seen.length < 10) seen.push(idOf(await after.next()));
    expect(seen).toEqual([...early, ...late]);
    await after.cancel();
    await first.start();
  }, 90_000);

  it('API_TOKEN opens all of them, /metrics is on a port of its own', async () => {
    for (const [at, { url, metricsUrl }] of apis.entries()) {
      expect((await ask(at, 'GET', '/api/v1/tokens')).status).toBe(200);
      expect((await fetch(`${url}/metrics`)).status).toBe(404);
      expect(await (await fetch(`${metricsUrl}/metrics`)).text()).toContain('http_request_duration_seconds');
    }
  });
});
