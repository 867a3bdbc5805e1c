import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { contentCardSchema, contentViewSchema, eventSchema } from '@vaultstream/contracts';
import { platforms } from '@vaultstream/platforms';
import { captureApp, type CaptureApp } from '../../test/capture-app.ts';

let app: CaptureApp;
beforeAll(async () => {
  app = await captureApp();
});
afterAll(() => app.close());

let serial = 0;
async function share(more: object = {}): Promise<number> {
  const { body } = await app.request('POST', '/shares', { url: `https://example.com/c/${serial++}`, ...more });
  return body.content_id as number;
}
const fail = (id: number, type: string) =>
  app.rows(`UPDATE contents SET status = 'FAILED', last_error_type = $2 WHERE id = $1`, id, type);
const pull = (id: number) => app.rows(`UPDATE contents SET status = 'PULLED' WHERE id = $1`, id);

describe('contents over HTTP', () => {
  it('are answered in the shape of the contract', async () => {
    const id = await share({ tags: ['a'], source: 's', client_context: { x: 1 } });
    const { status, body } = await app.request('GET', `/contents/${id}`);
    expect(status).toBe(200);
    expect(contentViewSchema.strict().parse(body)).toEqual(body);
    const list = await app.request('GET', '/contents?limit=1');
    expect(contentCardSchema.strict().parse(list.body.items[0])).toEqual(list.body.items[0]);
    expect(typeof list.body.next_cursor === 'string' || list.body.next_cursor === null).toBe(true);
  });

  it('page by cursor to the end', async () => {
    for (let index = 0; index < 5; index++) await share({ tags: ['paged'] });
    const seen: number[] = [];
    let cursor = '';
    for (;;) {
      const { body } = await app.request('GET', `/contents?tag=paged&limit=2${cursor && `&cursor=${cursor}`}`);
      seen.push(...body.items.map((item: { id: number }) => item.id));
      if (body.next_cursor === null) break;
      cursor = body.next_cursor;
    }
    expect(seen).toHaveLength(5);
    expect([...seen].sort((a, b) => b - a)).toEqual(seen);
  });

  it('A10, A11: wrong queries are 400 with the field named', async () => {
    const table: [path: string, query: string][] = [
      ['query.limit', 'limit=0'],
      ['query.limit', 'limit=101'],
      ['query.limit', 'limit=-1'],
      ['query.limit', 'limit=1e9'],
      ['query.limit', 'limit=NaN'],
      ['query.limit', 'limit=1&limit=2'],
      ['query.cursor', 'cursor=forged'],
      ['query.cursor', `cursor=${'x'.repeat(600)}`],
      ['query.cursor', `cursor=${Buffer.from('["contents.created_at","x",1]').toString('base64url')}`],
      ['query.status', 'status=pulled'],
      ['query.status[not]', 'status[not]=PULLED'],
      ['query.sort', 'sort=id;DROP TABLE contents'],
      ['query.is_nsfw', 'is_nsfw=maybe'],
      ['query.since', 'since=yesterday'],
      ['query.q', `q=${'x'.repeat(201)}`],
      ['query.q', 'q=%00'],
      ['query.author', 'author='],
      ['query.platform', 'platform=nosuch'],
      ['query.platform', 'platform='],
      ['query.platform', 'platform=Web'],
      ['query.unknown', 'unknown=1'],
      ['query.sort', 'sort=relevance'],
      ['query.sort', 'sort=relevance&q=%20'],
    ];
    for (const [path, query] of table) {
      const { status, body } = await app.request('GET', `/contents?${query}`);
      expect({ query, status }).toEqual({ query, status: 400 });
      expect(body.errors.map((error: { path: string }) => error.path)).toContain(path);
    }
    const { body: unknown } = await app.request('GET', '/contents?platform=nosuch');
    const ids = platforms.map(({ id }) => id).join(', ');
    expect(unknown.errors).toEqual([{ path: 'query.platform', message: `must be one of ${ids}` }]);
    expect(ids).toContain('bilibili, ');
    for (const { id } of platforms)
      expect(await app.request('GET', `/contents?platform=${id}&limit=1`)).toMatchObject({ status: 200 });
    const quoted = await app.request('GET', `/contents?q=${encodeURIComponent(`'; DROP TABLE contents; --`)}`);
    expect(quoted).toMatchObject({ status: 200, body: { items: [] } });
  });

  it('wrong ids are 400 or 404, never 500', async () => {
    for (const [id, status] of [
      ['0', 404],
      ['2147483647', 404],
      ['2147483648', 404],
      ['99999999999999999999', 404],
      ['-1', 400],
      ['1.5', 400],
      ['abc', 400],
      ['1%00', 400],
    ] as const) {
      for (const [method, path, body] of [
        ['GET', `/contents/${id}`, undefined],
        ['PATCH', `/contents/${id}`, { title: 'x' }],
        ['DELETE', `/contents/${id}`, undefined],
        ['POST', `/contents/${id}/retry`, undefined],
        ['GET', `/contents/${id}/timeline`, undefined],
      ] as const) {
        const answer = await app.request(method, path, body);
        expect({ method, path, status: answer.status }).toEqual({ method, path, status });
      }
    }
  });

  it('PATCH sets what a person wants, and nothing else', async () => {
    const id = await share();
    const patched = await app.request('PATCH', `/contents/${id}`, {
      title: 'T',
      tags: ['b', 'b', 'a'],
      note: null,
      is_nsfw: true,
    });
    expect(patched).toMatchObject({
      status: 200,
      body: { id, title: 'T', tags: ['b', 'a'], note: null, is_nsfw: true },
    });
    const table: [path: string, body: unknown][] = [
      ['body', {}],
      ['body.status', { status: 'PULLED' }],
      ['body.title', { title: '' }],
      ['body.title', { title: ' \t ' }],
      ['body.title', { title: { set: 'x' } }],
      ['body.note', { note: 'x'.repeat(2_001) }],
      ['body.tags.0', { tags: [null] }],
      ['body.tags.0', { tags: ['a\u2028b'] }],
      ['body.tags.0', { tags: ['b\u0085c'] }],
    ];
    for (const [path, body] of table) {
      const answer = await app.request('PATCH', `/contents/${id}`, body);
      expect({ body, status: answer.status }).toEqual({ body, status: 400 });
      expect(answer.body.errors.map((error: { path: string }) => error.path)).toContain(path);
    }
  });

  it('DELETE hides; a share brings back', async () => {
    const url = 'https://example.com/deleted';
    const { body } = await app.request('POST', '/shares', { url });
    const path = `/contents/${body.content_id}`;
    expect(await app.request('DELETE', path)).toMatchObject({ status: 204, body: '' });
    for (const method of ['GET', 'DELETE'] as const)
      expect(await app.request(method, path)).toMatchObject({ status: 404 });
    expect(await app.request('POST', '/shares', { url })).toMatchObject({
      status: 200,
      body: { content_id: body.content_id, created: false },
    });
    expect(await app.request('GET', path)).toMatchObject({ status: 200 });
  });

  it('15: retry answers 202 with the live task, 200 for PULLED, and ?force=true parses again', async () => {
    const id = await share();
    const retry = (query = '') => app.request('POST', `/contents/${id}/retry${query}`);
    expect(await retry()).toMatchObject({ status: 202, body: { content_id: id, status: 'UNPROCESSED' } });
    await fail(id, 'NotFound');
    expect(await retry()).toMatchObject({ status: 202, body: { status: 'UNPROCESSED' } });
    await pull(id);
    await app.rows('DELETE FROM tasks');
    expect(await retry()).toMatchObject({ status: 200, body: { status: 'PULLED' } });
    expect(await app.rows('SELECT 1 AS one FROM tasks')).toEqual([]);
    expect(await retry('?force=maybe')).toMatchObject({ status: 400 });
    expect(await retry('?force=true')).toMatchObject({ status: 202, body: { status: 'UNPROCESSED' } });
    expect(await app.rows('SELECT content_id FROM tasks')).toEqual([{ content_id: id }]);
  });

  it('16: a bulk retry by error type', async () => {
    const ids = [await share(), await share(), await share()];
    for (const id of ids) await fail(id, 'UpstreamError');
    const body = { status: 'FAILED', last_error_type: 'UpstreamError', limit: 2 };
    expect(await app.request('POST', '/contents/retry', body)).toMatchObject({
      status: 202,
      body: { matched: 3, queued: 2 },
    });
    const unknown = await app.request('POST', '/contents/retry', { status: 'FAILED', platform: 'nosuch' });
    expect(unknown).toMatchObject({ status: 400, body: { errors: [{ path: 'body.platform' }] } });
    for (const wrong of [{}, { status: 'PULLED' }, { ...body, limit: 0 }, { ...body, last_error_type: { not: 'x' } }])
      expect(await app.request('POST', '/contents/retry', wrong)).toMatchObject({ status: 400 });
  });

  it('the timeline tells what happened, oldest first, by pages', async () => {
    const id = await share();
    await app.request('PATCH', `/contents/${id}`, { title: 'x' });
    const first = await app.request('GET', `/contents/${id}/timeline?limit=1`);
    expect(eventSchema.strict().parse(first.body.items[0])).toMatchObject({ type: 'content.created', content_id: id });
    const second = await app.request('GET', `/contents/${id}/timeline?cursor=${first.body.next_cursor}`);
    expect(second.body).toMatchObject({ items: [{ type: 'content.updated' }], next_cursor: null });
    expect(await app.request('GET', `/contents/${id}/timeline?cursor=x`)).toMatchObject({ status: 400 });
  });

  it('tags and platforms', async () => {
    const id = await share({ tags: ['tagged'] });
    await pull(id);
    const tags = await app.request('GET', '/tags');
    expect(tags.body).toContainEqual({ name: 'tagged', count: 1 });
    const platforms = await app.request('GET', '/platforms');
    expect(platforms.body).toContainEqual(
      expect.objectContaining({ id: 'web', content_types: expect.any(Array), health: expect.any(Object) }),
    );
  });

  it('reading needs read, writing needs write', async () => {
    const id = await share();
    const headers = { 'x-api-token': await app.token('read') };
    expect(await app.request('GET', `/contents/${id}`, undefined, headers)).toMatchObject({ status: 200 });
    expect(await app.request('PATCH', `/contents/${id}`, { title: 'x' }, headers)).toMatchObject({ status: 403 });
    expect(await app.request('DELETE', `/contents/${id}`, undefined, headers)).toMatchObject({ status: 403 });
    const writer = { 'x-api-token': await app.token('write') };
    expect(await app.request('GET', `/contents/${id}`, undefined, writer)).toMatchObject({ status: 403 });
  });
});
