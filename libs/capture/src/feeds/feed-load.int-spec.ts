import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { eventually, withServer, type TestServer } from '@vaultstream/testing';
import type { Extractor } from '@vaultstream/platforms';
import { captureApp, type Answer, type CaptureApp } from '../../test/capture-app.ts';
import { rss } from '../../test/feed-rig.ts';
import { PAGE_READER } from '../parse/page-reader.ts';

const hosts = ['one', 'two', 'three', 'four', 'five', 'six'].map((name) => `${name}.example.com`);

let app: CaptureApp;
let site: TestServer;
let url: string;
/** Answers that the site still owes. */
const open = new Set<() => void>();
let most = 0;
let slow = true;

beforeAll(async () => {
  site = await withServer((request, response) => {
    const answer = () => void response.setHeader('content-type', 'application/rss+xml').end(rss());
    if (!slow) return answer();
    open.add(answer);
    most = Math.max(most, open.size);
    request.socket.once('close', () => open.delete(answer));
    response.once('finish', () => open.delete(answer));
  });
  app = await captureApp({ FETCH_HOST_OVERRIDES: hosts.map((host) => `${host}=${site.url}`).join(',') });
  url = await app.listen();
});
afterAll(async () => {
  await app.close();
  await site.close();
});
beforeEach(async () => {
  await app.rows('DELETE FROM feeds');
  most = 0;
  slow = true;
});

const subscribe = (host: string, path: string | number) =>
  app.request('POST', '/feeds', { url: `https://${host}/${path}` });
const statuses = (answers: Answer[]) => {
  const counts: Record<number, number> = {};
  for (const { status } of answers) counts[status] = (counts[status] ?? 0) + 1;
  return counts;
};

describe('subscribing under load', () => {
  it('M4: of 150 calls at once two reach the site, the others hear when to come back', async () => {
    let answered = 0;
    const calls = Array.from({ length: 150 }, (_, index) =>
      subscribe('one.example.com', index).finally(() => (answered += 1)),
    );
    await eventually(() => answered === 148 && open.size === 2);
    const refused = await Promise.race(calls);
    expect(refused).toMatchObject({ status: 429, body: { code: 'rate_limited' } });
    expect(Number(refused.headers['retry-after'])).toBeGreaterThanOrEqual(1);
    slow = false;
    for (const answer of [...open]) answer();
    expect(statuses(await Promise.all(calls))).toEqual({ 201: 2, 429: 148 });
    expect(most).toBe(2);
    expect(await subscribe('one.example.com', 'later')).toMatchObject({ status: 201 });
  });

  it('M4: eight calls are under way in all', async () => {
    let answered = 0;
    const calls = hosts.flatMap((host) =>
      [1, 2, 3].map((path) => subscribe(host, path).finally(() => (answered += 1))),
    );
    await eventually(() => answered === 10 && open.size === 8);
    slow = false;
    for (const answer of [...open]) answer();
    expect(statuses(await Promise.all(calls))).toEqual({ 201: 8, 429: 10 });
    expect(most).toBe(8);
  });

  it('M6: a full line before the page reader is a 503 that says when to come back, and nothing is kept of the call', async () => {
    slow = false;
    const reader = app.get(PAGE_READER as unknown as new () => Extractor);
    const others = new AbortController();
    // Some tenth of a second each, of the same site.
    const html = `<article>${'<p>Lamps <a href="/x">at noon</a>, and nobody looks.</p>'.repeat(3_000)}</article>`;
    const pages = Promise.allSettled(
      Array.from({ length: 400 }, () => reader.extract(html, 'https://six.example.com/', { signal: others.signal })),
    );
    const key = { 'idempotency-key': 'full' };
    const post = () => app.request('POST', '/feeds', { url: 'https://six.example.com/feed.xml' }, key);
    const refused = await post();
    expect(refused).toMatchObject({
      status: 503,
      body: { code: 'later', detail: expect.stringContaining('page reader') },
    });
    expect(Number(refused.headers['retry-after'])).toBeGreaterThanOrEqual(1);
    expect(await app.rows('SELECT url FROM feeds')).toEqual([]);
    others.abort();
    await pages;
    expect(await post()).toMatchObject({ status: 201 });
  });

  it('M4: who hangs up ends the connection to the site, frees the place and leaves nothing behind', async () => {
    const token = await app.token('write');
    const callers = [new AbortController(), new AbortController()];
    const calls = callers.map(({ signal }, index) =>
      fetch(`${url}/api/v1/feeds`, {
        method: 'POST',
        headers: { 'x-api-token': token, 'content-type': 'application/json', 'idempotency-key': `k${index}` },
        body: JSON.stringify({ url: `https://two.example.com/${index}` }),
        signal,
      }).catch(() => 'hung up'),
    );
    await eventually(() => open.size === 2);
    expect(await subscribe('two.example.com', 'third')).toMatchObject({ status: 429 });
    for (const caller of callers) caller.abort();
    expect(await Promise.all(calls)).toEqual(['hung up', 'hung up']);
    // Long before the call itself would give up.
    await eventually(() => open.size === 0, { timeoutMs: 5_000 });
    slow = false;
    expect(
      await eventually(async () => {
        const answer = await subscribe('two.example.com', 'third');
        return answer.status !== 429 && answer;
      }),
    ).toMatchObject({ status: 201 });
    expect(await app.rows('SELECT url FROM feeds')).toEqual([{ url: 'https://two.example.com/third' }]);
    // Nobody got an answer, so none is remembered: the same call runs anew.
    const again = await app.request(
      'POST',
      '/feeds',
      { url: 'https://two.example.com/0' },
      { 'x-api-token': token, 'idempotency-key': 'k0' },
    );
    expect(again).toMatchObject({ status: 201 });
  });
});
