import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import type { ShareResult } from '@vaultstream/contracts';
import { captureApp, type CaptureApp } from '../../test/capture-app.ts';
import { ShareService } from './share.service.ts';

// Many transactions on a real database, on whatever machine.
jest.setTimeout(60_000);

let app: CaptureApp;
beforeAll(async () => {
  app = await captureApp();
});
afterAll(() => app.close());

const send = (shares: unknown, headers = {}) => app.request('POST', '/shares/batch', { shares }, headers);
const resultsOf = (answer: { body: { results: ShareResult[] } }) => answer.body.results;
const count = async (table: string) => (await app.rows<{ n: number }>(`SELECT count(*)::int AS n FROM ${table}`))[0]?.n;

describe('POST /shares/batch', () => {
  it('answers each share by itself: good ones are kept, bad ones say why, in their order', async () => {
    const long = `https://example.com/${'%F0%9F%90%B3'.repeat(300)}`;
    const answer = await send([
      { url: 'https://example.com/b' },
      { url: 'http://127.0.0.1/' },
      { url: 'https://example.com/a', tags: 'x' },
      'nonsense',
      null,
      { url: long },
      { url: 'https://EXAMPLE.com/b?utm_source=x', note: 'again' },
      { url: 'https://example.com/c', isAdmin: true },
      { url: 'https://example.com/a' },
    ]);
    expect(answer.status).toBe(207);
    const results = resultsOf(answer);
    expect(results.map(({ index }) => index)).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8]);
    expect(results[0]).toEqual({ index: 0, content_id: expect.any(Number), created: true });
    expect(results[1]).toMatchObject({ error: { code: 'refused', errors: [{ path: 'body.shares.1.url' }] } });
    expect(results[2]).toMatchObject({ error: { code: 'invalid_input', errors: [{ path: 'body.shares.2.tags' }] } });
    expect(results[3]?.error?.errors?.[0]?.path).toBe('body.shares.3');
    expect(results[5]).toMatchObject({ error: { errors: [{ path: 'body.shares.5.url' }] } });
    expect(results[6]).toEqual({ index: 6, content_id: results[0]?.content_id, created: false });
    expect(results[7]).toMatchObject({ error: { errors: [{ path: 'body.shares.7.isAdmin' }] } });
    expect(results[8]).toMatchObject({ created: true });
    const id = results[0]?.content_id;
    expect(await count(`content_sources WHERE content_id = ${id}`)).toBe(2);
    expect(await count(`tasks WHERE content_id = ${id}`)).toBe(1);
  });

  it('M1: lets others go on between two of its shares', async () => {
    let turn = 0;
    const next = () => {
      turn++;
      timer = setImmediate(next);
    };
    let timer = setImmediate(next);
    const turns = new Set<number>();
    const prepare = ShareService.prototype.prepare;
    const watched = jest.spyOn(ShareService.prototype, 'prepare').mockImplementation(function (
      this: ShareService,
      request,
    ) {
      turns.add(turn);
      return prepare.call(this, request);
    });
    const answer = await send(Array.from({ length: 50 }, (_, n) => ({ url: `https://turns.example.com/${n}` })));
    clearImmediate(timer);
    watched.mockRestore();
    expect(answer.status).toBe(207);
    expect(turns.size).toBe(50);
  });

  it('J23: 8 parallel batches of the same 200 URLs in different orders: no deadlock, 200 contents, 1600 sources', async () => {
    const urls = Array.from({ length: 200 }, (_, n) => ({ url: `https://batch.example.com/${n}` }));
    const batches = Array.from({ length: 8 }, (_, turn) => [...urls.slice(turn * 25), ...urls.slice(0, turn * 25)]);
    const answers = await Promise.all(batches.map((batch, n) => send(n % 2 === 0 ? batch : batch.toReversed())));
    expect(answers.map(({ status }) => status)).toEqual(Array.from({ length: 8 }, () => 207));
    const results = answers.flatMap(resultsOf);
    expect(results.filter(({ error }) => error)).toEqual([]);
    expect(results.filter(({ created }) => created)).toHaveLength(200);
    expect(await count(`contents WHERE canonical_url LIKE 'https://batch.example.com/%'`)).toBe(200);
    expect(await count(`content_sources WHERE url LIKE 'https://batch.example.com/%'`)).toBe(1_600);
    expect(
      await count(`tasks t JOIN contents c ON c.id = t.content_id WHERE c.canonical_url LIKE 'https://batch%'`),
    ).toBe(200);
  });

  it('A22: the same key gives the same answer and one effect', async () => {
    const headers = { 'idempotency-key': 'batch-1' };
    const shares = [{ url: 'https://example.com/once' }, { url: 'junk' }];
    const answers = await Promise.all(Array.from({ length: 10 }, () => send(shares, headers)));
    expect(new Set(answers.map(({ body }) => JSON.stringify(body))).size).toBe(1);
    expect(await count(`content_sources WHERE url = 'https://example.com/once'`)).toBe(1);
    expect((await send([{ url: 'https://example.com/other' }], headers)).status).toBe(422);
  });

  it('A7, A12, 36: bounded and guarded', async () => {
    const many = (n: number) => Array.from({ length: n }, (_, at) => ({ url: `https://example.com/many/${at}` }));
    expect(await send(many(501))).toMatchObject({ status: 400, body: { errors: [{ path: 'body.shares' }] } });
    expect((await send([])).status).toBe(400);
    expect((await send({})).status).toBe(400);
    expect((await send(Array.from({ length: 500 }, () => ({ url: 'x', note: 'y'.repeat(2_100) })))).status).toBe(413);
    expect((await app.request('POST', '/shares/batch', { shares: many(1), extra: 1 })).status).toBe(400);
    expect((await send(many(1), { 'x-api-token': await app.token('read') })).status).toBe(403);
    expect(resultsOf(await send(many(500))).every(({ created }) => created)).toBe(true);
  });
});
