import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { startSandbox, type Sandbox } from '../sandbox.ts';

let sandbox: Sandbox;
beforeAll(async () => {
  sandbox = await startSandbox();
});
afterEach(() => sandbox.reset());
afterAll(() => sandbox.stop());

const get = (path: string, headers: Record<string, string> = {}) =>
  fetch(`${sandbox.url}/feeds.example.org${path}`, { headers, redirect: 'manual' });

describe('the gazette', () => {
  it.each(['rss.xml', 'index.rdf', 'atom.xml', 'feed.json'])(
    'has a feed %s, and answers 304 until a post is written',
    async (name) => {
      const first = await get(`/${name}`);
      const etag = first.headers.get('etag') ?? '';
      expect([first.status, (await first.text()).includes('A lamp is lit')]).toEqual([200, true]);
      expect((await get(`/${name}`, { 'if-none-match': etag })).status).toBe(304);
      const publish = { method: 'POST', body: JSON.stringify({ title: 'Rain at last' }) };
      const { url } = JSON.parse(await (await fetch(`${sandbox.url}/_control/feeds/publish`, publish)).text()) as {
        url: string;
      };
      const second = await get(`/${name}`, { 'if-none-match': etag });
      expect([second.status, (await second.text()).includes('Rain at last')]).toEqual([200, true]);
      expect(await (await get(new URL(url).pathname)).text()).toContain('<h1>Rain at last</h1>');
    },
  );

  it('has feeds in trouble, and a page that names the good ones', async () => {
    const statuses = ['/gone.xml', '/busy.xml', '/moved.xml', '/bomb.xml', '/posts/99'].map(
      async (path) => (await get(path)).status,
    );
    expect(await Promise.all(statuses)).toEqual([410, 503, 301, 200, 404]);
    expect(await (await get('/')).text()).toContain('rel="alternate"');
  });
});
