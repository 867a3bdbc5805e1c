import { rmSync } from 'node:fs';
import { request } from 'node:http';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { TrapListener } from '@vaultstream/testing';
import { newDataDir } from './support/data-dir.ts';
import { Product } from './support/product.ts';

/** Bad input at the product's own door: a 4xx that names the field, nothing stored, nothing contacted. */
describe('bad input', () => {
  const dataDir = newDataDir();
  let product: Product;

  beforeAll(async () => {
    product = await Product.start({ dataDir, env: { API_RATE_LIMIT: '0' } });
  }, 120_000);
  afterAll(async () => {
    await product.stop();
    rmSync(dataDir, { recursive: true, force: true });
  }, 60_000);

  const stored = async () => (await product.call('GET', '/api/v1/contents')).body.items.length as number;

  const bodies: [why: string, body: unknown, path: string][] = [
    ['no url', {}, 'body.url'],
    ['empty url', { url: '' }, 'body.url'],
    ['a number for a url', { url: 5 }, 'body.url'],
    ['A11: an operator for a url', { url: { contains: '' } }, 'body.url'],
    ['a text without a URL', { url: 'nothing to see here' }, 'body.url'],
    ['another scheme', { url: 'ftp://example.com/x' }, 'body.url'],
    ['a file', { url: 'file:///etc/passwd' }, 'body.url'],
    ['credentials', { url: 'https://user:pass@example.com/' }, 'body.url'],
    ['loopback', { url: 'http://127.0.0.1/' }, 'body.url'],
    ['loopback in disguise', { url: 'http://2130706433/' }, 'body.url'],
    ['IPv6 loopback', { url: 'http://[::ffff:7f00:1]/' }, 'body.url'],
    ['cloud metadata', { url: 'http://169.254.169.254/latest/meta-data/' }, 'body.url'],
    ['a single label', { url: 'http://redis:6379/' }, 'body.url'],
    ['a forbidden port', { url: 'http://example.com:22/' }, 'body.url'],
    ['a number that is no address', { url: 'http://1.2.3/' }, 'body.url'],
    ['a URL in another scheme', { url: 'jar:http://127.0.0.1!/' }, 'body.url'],
    ['a blob', { url: 'blob:https://example.com/1' }, 'body.url'],
    ['two hosts in one', { url: 'http://1.1.1.1 &@2.2.2.2# @3.3.3.3/' }, 'body.url'],
    ['a host that cannot be', { url: 'https://127.0.0.1!/' }, 'body.url'],
    ['a long url', { url: `https://example.com/${'a'.repeat(9_000)}` }, 'body.url'],
    ['NUL', { url: 'https://example.com/\u0000' }, 'body.url'],
    ['A12: an unknown field', { url: 'https://example.com/', status: 'PULLED' }, 'body.status'],
    ['tags that are no list', { url: 'https://example.com/', tags: 'a' }, 'body.tags'],
    ['an empty tag', { url: 'https://example.com/', tags: ['ok', ' '] }, 'body.tags.1'],
    ['a long note', { url: 'https://example.com/', note: 'x'.repeat(2_001) }, 'body.note'],
    [
      'a large context',
      { url: 'https://example.com/', client_context: { a: 'x'.repeat(4_096) } },
      'body.client_context',
    ],
    ['a wrong priority', { url: 'https://example.com/', priority: 11 }, 'body.priority'],
    ['a list for a body', [], 'body'],
    ['malformed JSON', '{"url":', 'body'],
  ];

  it.each(bodies)('POST /shares refuses %s', async (_why, body, path) => {
    const answer = await product.call('POST', '/api/v1/shares', body);
    expect(answer.status).toBe(400);
    expect(answer.headers.get('content-type')).toContain('application/problem+json');
    expect(answer.body.request_id).toBe(answer.headers.get('x-request-id'));
    expect(answer.body.errors.map((issue: { path: string }) => issue.path)).toContain(path);
    expect(await stored()).toBe(0);
  });

  const queries: [query: string, path: string][] = [
    ['limit=0', 'query.limit'],
    ['limit=1000000000', 'query.limit'],
    ['limit=NaN', 'query.limit'],
    ['cursor=forged', 'query.cursor'],
    [`cursor=${Buffer.from('["contents:created_at","x",1]').toString('base64url')}`, 'query.cursor'],
    ['status[not]=PULLED', 'query.status[not]'],
    ['status=DONE', 'query.status'],
    ['since=yesterday', 'query.since'],
    ['is_nsfw=maybe', 'query.is_nsfw'],
    ['sort=id', 'query.sort'],
    ['platform=%00', 'query.platform'],
    ['q=%00', 'query.q'],
    ['tag=a%00', 'query.tag'],
  ];

  it.each(queries)('A10, A11: GET /contents?%s is refused', async (query, path) => {
    const answer = await product.call('GET', `/api/v1/contents?${query}`);
    expect(answer.status).toBe(400);
    expect(answer.body.errors.map((issue: { path: string }) => issue.path)).toContain(path);
  });

  it('A10: other lists refuse NUL and numbers beyond a bigint', async () => {
    const beyond = Buffer.from(JSON.stringify(['timeline', '9'.repeat(19)])).toString('base64url');
    for (const path of [
      '/dead-letters?task=%00',
      '/dead-letters?error_type=%00',
      `/contents/1/timeline?cursor=${beyond}`,
    ])
      expect((await product.call('GET', `/api/v1${path}`)).status).toBeLessThan(500);
    expect((await product.call('POST', '/api/v1/dead-letters/replay', { task: '\u0000' })).status).toBe(400);
  });

  it('A7: bodies over 1 MiB are 413, other types 415, deep nesting 400', async () => {
    expect((await product.call('POST', '/api/v1/shares', { url: 'x'.repeat(2_000_000) })).status).toBe(413);
    const form = await product.call('POST', '/api/v1/shares', 'url=x', {
      'content-type': 'application/x-www-form-urlencoded',
    });
    expect(form.status).toBe(415);
    const deep = `{"url":"https://example.com/","client_context":${'{"a":'.repeat(10_000)}1${'}'.repeat(10_000)}}`;
    expect((await product.call('POST', '/api/v1/shares', deep)).status).toBe(400);
    const polluted = await product.call(
      'POST',
      '/api/v1/shares',
      '{"url":"https://example.com/","__proto__":{"admin":true}}',
    );
    expect(polluted.status).toBe(400);
    expect(await stored()).toBe(0);
  });

  it('ids: unknown is 404, junk is 4xx, never 500', async () => {
    for (const id of ['999999', '2147483648', '99999999999999999999', '0', '-1', 'abc', '1e3', '%00', "1'--"]) {
      for (const [method, suffix] of [
        ['GET', ''],
        ['GET', '/timeline'],
        ['DELETE', ''],
        ['POST', '/retry'],
      ] as const) {
        const { status } = await product.call(method, `/api/v1/contents/${id}${suffix}`);
        expect([400, 404]).toContain(status);
      }
    }
  });

  it('A1: every API path needs a token, however it is written', async () => {
    const { hostname, port } = new URL(product.url);
    const raw = (path: string, method: string) =>
      new Promise<number>((resolve, reject) => {
        request({ hostname, port, path, method }, (response) => {
          response.resume();
          resolve(response.statusCode ?? 0);
        })
          .on('error', reject)
          .end();
      });
    for (const path of [
      '/contents',
      '/contents/1',
      '/tags',
      '/tokens',
      '/targets',
      '/rules',
      '/deliveries',
      '/dead-letters',
    ])
      for (const method of ['GET', 'HEAD'])
        for (const spelling of [path, `/${path}`, `${path}/`, `${path};a=1`, path.replace('t', '%74')])
          expect([401, 404, 400]).toContain(await raw(`/api/v1${spelling}`, method));
    expect(await raw('/api/v1/contents', 'GET')).toBe(401);
    expect((await product.call('GET', '/api/v1/contents', undefined, { 'x-api-token': 'vs_wrong' })).status).toBe(401);
  });

  it('P16: a webhook to the inside is refused when it is saved, and nothing is contacted', async () => {
    const trap = await TrapListener.listen();
    for (const url of [`http://127.0.0.1:${trap.port}/`, `http://localhost:${trap.port}/`, 'http://10.0.0.1/']) {
      const answer = await product.call('POST', '/api/v1/targets', {
        kind: 'webhook',
        name: 'inside',
        address: { url },
      });
      expect(answer.status).toBe(400);
    }
    expect(trap.connections).toBe(0);
    await trap.close();
  });

  it('still answers after all that', async () => {
    expect((await product.call('GET', '/health')).body.status).toBe('ok');
    expect(product.logs.filter((line) => line.level === 'error' || line.level === 'fatal')).toEqual([]);
  });
});
