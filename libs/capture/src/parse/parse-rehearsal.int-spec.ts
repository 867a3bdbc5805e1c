import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { withServer, type TestServer } from '@vaultstream/testing';
import { captureApp, type CaptureApp } from '../../test/capture-app.ts';
import { ParseRehearsal } from './parse-rehearsal.ts';

const page = `<!doctype html><html lang="en"><head><title>The lighthouse</title></head><body><article><h1>The lighthouse</h1>
  ${'<p>The keeper tends a garden, and this paragraph is long enough to be taken for readable text.</p>'.repeat(8)}
  <img src="https://pages.example.com/one.png" width="800" height="600"></article></body></html>`;

let server: TestServer;
let app: CaptureApp;
beforeAll(async () => {
  server = await withServer((request, response) => {
    if (request.url === '/gone') return response.writeHead(404).end('gone');
    response.setHeader('content-type', 'text/html; charset=utf-8');
    response.end(page);
  });
  app = await captureApp({ FETCH_HOST_OVERRIDES: `pages.example.com=${server.url}` });
});
afterAll(async () => {
  await app.close();
  await server.close();
});

async function rehearse(path: string, change = '') {
  const { body } = await app.request('POST', '/shares', { url: `https://pages.example.com${path}` });
  const id = body.content_id as number;
  if (change !== '') await app.rows(`UPDATE contents SET ${change} WHERE id = $1`, id);
  const rows = () => app.rows('SELECT c.*, (SELECT count(*) FROM events) AS events FROM contents c WHERE id = $1', id);
  const before = await rows();
  const signal = AbortSignal.timeout(30_000);
  const rehearsal = app.get(ParseRehearsal).rehearse({ content_id: id }, signal);
  await rehearsal.catch(() => undefined);
  expect(await rows()).toEqual(before);
  return rehearsal;
}

describe('the rehearsal of content.parse', () => {
  it('reads the page, says what it found, and writes nothing', async () => {
    expect(await rehearse('/long', "status = 'FAILED'")).toMatchObject({
      outcome: 'succeeds',
      summary: 'It can be read: "The lighthouse", with one file.',
      facts: { title: 'The lighthouse', media: 1 },
    });
    expect(await app.rows('SELECT 1 FROM media')).toEqual([]);
  });

  it('fails as the task would', async () => {
    await expect(rehearse('/gone')).rejects.toMatchObject({ name: 'NotFound' });
  });

  it('asks nobody about a content that is read or deleted', async () => {
    const asked = server.requests.length;
    expect(await rehearse('/read', "status = 'PULLED'")).toMatchObject({ outcome: 'idle' });
    expect(await rehearse('/deleted', 'deleted_at = now()')).toMatchObject({ outcome: 'idle' });
    expect(server.requests).toHaveLength(asked);
  });
});
