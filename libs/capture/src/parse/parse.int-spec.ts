import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Later, type Tx } from '@vaultstream/contracts';
import type { TaskContext } from '@vaultstream/tasks';
import { eventually, withServer, type TestServer } from '@vaultstream/testing';
import { captureApp, type CaptureApp } from '../../test/capture-app.ts';
import { ParseHandler } from './parse.handler.ts';

const page = (head: string, text: string) =>
  `<!doctype html><html lang="en"><head><title>The lighthouse</title>${head}</head><body><article><h1>The lighthouse</h1>
   ${Array.from({ length: 8 }, (_, index) => `<p>${text} Paragraph ${index} is long enough to be taken for readable text.</p>`).join('')}
   <img src="https://pages.example.com/one.png" width="800" height="600"></article></body></html>`;

let server: TestServer;
/** Answers that nobody gets before a test says so. */
const held: (() => void)[] = [];
let app: CaptureApp;
beforeAll(async () => {
  server = await withServer((request, response) => {
    const path = request.url ?? '';
    if (path.startsWith('/silent')) return void held.push(() => response.writeHead(404).end('gone'));
    if (path.startsWith('/gone')) return response.writeHead(404).end('gone');
    if (path.startsWith('/empty')) return response.end();
    if (path.startsWith('/bytes')) return response.end(Buffer.from([0, 1, 2, 3]));
    if (path.startsWith('/short')) return response.writeHead(302, { location: '/long' }).end();
    response.setHeader('content-type', 'text/html; charset=utf-8');
    response.end(page(`<link rel="canonical" href="https://pages.example.com${path}">`, 'The keeper tends a garden.'));
  });
  app = await captureApp(
    { FETCH_HOST_OVERRIDES: `pages.example.com=${server.url},slow.example.com=${server.url}` },
    { workers: true },
  );
});
afterAll(async () => {
  await app.close();
  await server.close();
});

const share = async (path: string) =>
  (await app.request('POST', '/shares', { url: `https://pages.example.com${path}` })).body.content_id as number;
const until = (id: number, status: string) =>
  eventually(
    async () => {
      const { body } = await app.request('GET', `/contents/${id}`);
      return body.status === status && body;
    },
    { timeoutMs: 40_000 },
  );

describe('content.parse', () => {
  it('7: reads a page and keeps what it says, its pictures waiting for the vault', async () => {
    const id = await share('/long');
    const content = await until(id, 'PULLED');
    expect(content).toMatchObject({ title: 'The lighthouse', language: 'en', archive_status: 'pending' });
    expect(content.body_text).toContain('The keeper tends a garden.');
    expect(content.media).toMatchObject([{ origin_url: 'https://pages.example.com/one.png', status: 'pending' }]);
    expect(await app.rows(`SELECT name FROM tasks WHERE content_id = $1 ORDER BY name`, id)).toEqual([
      { name: 'content.settle' },
      { name: 'media.archive' },
    ]);
    const line = app.lines().find((entry) => entry['task'] === 'content.parse' && entry['content_id'] === id);
    expect(line).toMatchObject({ content_id: id });
    expect(await app.request('GET', '//metrics')).toMatchObject({ status: 200 });
  }, 60_000);

  it('a page that turns out to be known is merged into it, and the old id answers', async () => {
    const long = await share('/long');
    await until(long, 'PULLED');
    const short = await share('/short');
    const merged = await eventually(
      async () => {
        const { body } = await app.request('GET', `/contents/${short}`);
        return body.id === long && body;
      },
      { timeoutMs: 40_000 },
    );
    expect(merged.sources.length).toBeGreaterThanOrEqual(2);
    expect(await app.rows('SELECT 1 AS one FROM tasks WHERE content_id = $1', short)).toEqual([]);
    expect(await app.request('POST', '/shares', { url: 'https://pages.example.com/short' })).toMatchObject({
      status: 200,
      body: { content_id: long, status: 'PULLED' },
    });
  }, 60_000);

  it('11, 12, 14: what is gone fails at once, with a dead letter and everything known of the error', async () => {
    const id = await share('/gone');
    const content = await until(id, 'FAILED');
    expect(content).toMatchObject({ failure_count: 1, last_error_type: 'NotFound' });
    expect(content.last_error_detail.attempts).toHaveLength(1);
    expect(content.last_error_detail.stack).toContain('NotFound');
    expect(await app.rows('SELECT reason, attempts FROM dead_letters WHERE content_id = $1', id)).toEqual([
      { reason: 'non_retryable', attempts: 1 },
    ]);
    expect(server.requests.filter(({ url }) => url === '/gone')).toHaveLength(1);
  }, 60_000);

  it.each([
    ['/empty', 'pages.example.com sent an empty answer'],
    ['/bytes', 'pages.example.com sent 4 bytes that are no page, text or known file'],
  ])(
    'what has nothing to keep fails and says why: %s',
    async (path, reason) => {
      expect(await until(await share(path), 'FAILED')).toMatchObject({
        title: null,
        failure_count: 1,
        last_error_type: 'BadPayload',
        last_error: reason,
      });
    },
    60_000,
  );

  it('S12: a host that does not answer leaves the workers to the others, and is asked again when it does', async () => {
    const slow = await Promise.all(
      Array.from({ length: 20 }, async (_, index) => {
        const url = `https://slow.example.com/silent/${index}`;
        return (await app.request('POST', '/shares', { url })).body.content_id as number;
      }),
    );
    await eventually(() => held.length > 0, { timeoutMs: 20_000 });
    await until(await share('/meanwhile'), 'PULLED');
    expect(held).toHaveLength(4);
    const answering = setInterval(() => held.splice(0).forEach((answer) => answer()), 20);
    try {
      for (const id of slow) await until(id, 'FAILED');
    } finally {
      clearInterval(answering);
    }
  }, 90_000);

  it('15: a PULLED content is not fetched again, unless forced', async () => {
    const id = await share('/again');
    await until(id, 'PULLED');
    const fetches = () => server.requests.filter(({ url }) => url === '/again').length;
    const before = fetches();
    expect(await app.request('POST', `/contents/${id}/retry`)).toMatchObject({ status: 200 });
    expect(fetches()).toBe(before);
    expect(await app.request('POST', `/contents/${id}/retry?force=true`)).toMatchObject({ status: 202 });
    await until(id, 'PULLED');
    expect(fetches()).toBe(before + 1);
  }, 60_000);

  it('8: a PULLED content gets the pictures that were skipped or failed, by a plain retry or a parse, and is not fetched', async () => {
    const id = await share('/pictures');
    await until(id, 'PULLED');
    const lose = async (status: string) => {
      await app.rows(`UPDATE media SET status = $2, error = 'a test' WHERE content_id = $1`, id, status);
      await app.rows(`UPDATE contents SET archive_status = 'none' WHERE id = $1`, id);
      await app.rows(`DELETE FROM tasks WHERE content_id = $1`, id);
    };
    const fetches = () => server.requests.filter(({ url }) => url === '/pictures').length;
    const before = fetches();
    const state = async () => (await app.request('GET', `/contents/${id}`)).body;
    const waits = { status: 'PULLED', archive_status: 'pending', media: [{ status: 'pending', error: null }] };
    for (const status of ['skipped', 'failed']) {
      await lose(status);
      const answers = await Promise.all([1, 2].map(() => app.request('POST', `/contents/${id}/retry`)));
      expect(answers.map((answer) => answer.status)).toEqual([200, 200]);
      expect(answers.map(({ body }) => body.media_queued).sort()).toEqual([0, 1]);
      expect(await state()).toMatchObject(waits);
      expect(
        await app.rows(`SELECT name FROM tasks WHERE name = 'media.archive' AND content_id = $1`, id),
      ).toHaveLength(1);
    }
    await lose('skipped');
    const { db } = app;
    const transact = (work: (tx: Tx) => Promise<unknown>) => db.transact(work);
    await app.get(ParseHandler).run({ content_id: id }, { transact, commit: transact } as TaskContext);
    expect(await state()).toMatchObject(waits);
    expect(fetches()).toBe(before);
  }, 60_000);

  it('a run that finds nothing to do does not end a task that somebody has counted on meanwhile', async () => {
    const id = await share('/counted');
    await until(id, 'PULLED');
    const { db } = app;
    const context = (beforeCommit: () => Promise<unknown>) =>
      ({
        transact: (work: (tx: Tx) => Promise<unknown>) => db.transact(work),
        commit: async (work: (tx: Tx) => Promise<unknown>) => {
          await beforeCommit();
          return db.transact(work);
        },
      }) as TaskContext;
    const handler = app.get(ParseHandler);
    await handler.run(
      { content_id: id },
      context(async () => undefined),
    );
    const force = () => app.rows(`UPDATE contents SET status = 'UNPROCESSED' WHERE id = $1`, id);
    await expect(handler.run({ content_id: id }, context(force))).rejects.toThrow(Later);
  }, 60_000);
});
