import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { ruleRequestSchema, type ShareRule } from '@vaultstream/contracts';
import { Rules } from '@vaultstream/store';
import { eventually } from '@vaultstream/testing';
import { captureApp, type CaptureApp } from '../../test/capture-app.ts';

let app: CaptureApp;
beforeAll(async () => {
  app = await captureApp();
});
afterAll(() => app.close());

const share = (body: unknown, headers = {}) => app.request('POST', '/shares', body, headers);
const count = async (table: string) => (await app.rows<{ n: number }>(`SELECT count(*)::int AS n FROM ${table}`))[0]?.n;

describe('POST /shares', () => {
  it('1, 2: 201 for a new content, 200 for a known one', async () => {
    const first = await share({ url: 'https://example.com/a?utm_source=x', tags: ['t'], source: 'cli' });
    expect(first).toMatchObject({
      status: 201,
      body: { status: 'UNPROCESSED', platform: 'web', canonical_url: 'https://example.com/a', created: true },
    });
    const second = await share({ url: 'look at HTTP://EXAMPLE.com/a#x please' });
    expect(second).toMatchObject({ status: 200, body: { content_id: first.body.content_id, created: false } });
  });

  it('says which rules match so far, or that none does', async () => {
    expect((await share({ url: 'https://example.com/unruled' })).body.rules).toEqual([]);
    const rules = app.get(Rules);
    const make = (name: string, match: object) =>
      app.db.transact((tx) =>
        rules.create(tx, ruleRequestSchema.parse({ name, match, target_ids: [], priority: 9 - name.length })),
      );
    await make('a', { tags_any: ['ruled'] });
    await make('bb', { query: 'fox' });
    await make('ccc', { platforms: ['x'] });
    const told = async (url: string, tags: string[]) => {
      const { body } = await share({ url, tags });
      return (body.rules as ShareRule[]).map(({ name, verdict, waits_for }) => [name, verdict, ...waits_for]);
    };
    // They are looked at once a second.
    await eventually(async () => (await told('https://example.com/looking', [])).length > 0);
    const url = 'https://example.com/ruled';
    expect(await told(url, ['ruled'])).toEqual([
      ['a', 'matches'],
      ['bb', 'may_match', 'text'],
    ]);
    expect(await told('https://example.com/other', [])).toEqual([
      ['a', 'may_match', 'tags'],
      ['bb', 'may_match', 'text'],
    ]);
    // What was read is told for certain, its text included.
    await app.rows(`UPDATE contents SET status = 'PULLED', body_text = 'a Fox' WHERE canonical_url = $1`, url);
    expect(await told(url, [])).toEqual([
      ['a', 'matches'],
      ['bb', 'matches'],
    ]);
    await app.rows(`UPDATE contents SET body_text = NULL WHERE canonical_url = $1`, url);
    expect(await told(url, [])).toEqual([['a', 'matches']]);
  });

  it('41: the request id of the answer is in the log line, the event and the task, and the line bears the content id', async () => {
    const answer = await share({ url: 'https://example.com/traced' }, { 'x-request-id': 'trace-me-1' });
    expect(answer.headers['x-request-id']).toBe('trace-me-1');
    const id = answer.body.content_id as number;
    const [line] = app.lines().filter((entry) => entry['request_id'] === 'trace-me-1');
    expect(line).toMatchObject({ content_id: id });
    const [task] = await app.rows('SELECT request_id, traceparent FROM tasks WHERE content_id = $1', id);
    expect(task).toMatchObject({ request_id: 'trace-me-1' });
    expect(String(task?.['traceparent'])).toContain(String(line?.['trace_id']));
    const events = await app.rows('SELECT DISTINCT request_id FROM events WHERE content_id = $1', id);
    expect(events).toEqual([{ request_id: 'trace-me-1' }]);
  });

  it('J23: 50 parallel posts of ten spellings: all 2xx, one content, one task, 50 sources', async () => {
    const spellings = ['', '?utm_source=a', '#f', '?fbclid=1', '?utm_campaign=z#g'];
    const before = await count('contents');
    const answers = await Promise.all(
      Array.from({ length: 50 }, (_, index) => {
        const host = index % 2 === 0 ? 'parallel.example.com' : 'PARALLEL.example.com';
        return share({ url: `http${index % 4 < 2 ? 's' : ''}://${host}/p${spellings[index % 5]}` });
      }),
    );
    expect(answers.map(({ status }) => status).sort()).toEqual([...Array.from({ length: 49 }, () => 200), 201]);
    const ids = [...new Set(answers.map(({ body }) => body.content_id as number))];
    expect(ids).toHaveLength(1);
    expect(await count('contents')).toBe((before ?? 0) + 1);
    expect(await count(`tasks WHERE content_id = ${ids[0]}`)).toBe(1);
    expect(await count(`content_sources WHERE content_id = ${ids[0]}`)).toBe(50);
  });

  it('A22: 50 posts with one key have one effect and one answer; another body is 422', async () => {
    const headers = { 'idempotency-key': 'k-1' };
    const body = { url: 'https://example.com/idempotent' };
    const answers = await Promise.all(Array.from({ length: 50 }, () => share(body, headers)));
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([201]));
    expect(new Set(answers.map((answer) => JSON.stringify(answer.body))).size).toBe(1);
    expect(await count(`content_sources WHERE url = '${body.url}'`)).toBe(1);
    expect(await share({ ...body, note: 'other' }, headers)).toMatchObject({ status: 422 });
    expect(await share(body, { ...headers, 'x-api-token': await app.token('write') })).toMatchObject({ status: 200 });
  });

  it('14: tells whoever shares a page of his own network which line allows it, and never for credentials of a cloud', async () => {
    const share = async (url: string) => (await app.request('POST', '/shares', { url })).body;
    const remedy = expect.stringContaining('write the line FETCH_ALLOW_HOSTS=127.0.0.1:9000 into .env');
    expect(await share('http://127.0.0.1:9000/page')).toMatchObject({
      code: 'refused',
      detail: remedy,
      errors: [{ path: 'body.url', message: remedy }],
    });
    const { body } = await app.request('POST', '/shares/batch', { shares: [{ url: 'http://127.0.0.1:9000/page' }] });
    expect(body.results).toMatchObject([{ error: { detail: remedy } }]);
    expect(JSON.stringify(await share('http://169.254.169.254/'))).not.toContain('FETCH_ALLOW_HOSTS');
  });

  it('refuses addresses that we would never visit, and stores nothing', async () => {
    const before = [
      await count('contents'),
      await count('content_sources'),
      await count('tasks'),
      await count('events'),
    ];
    const urls = [
      'http://127.0.0.1/',
      'http://localhost/',
      'http://169.254.169.254/latest/meta-data/',
      'http://[::1]/',
      'http://[::ffff:10.0.0.1]/',
      'http://10.1.2.3/x',
      'http://2130706433/',
      'http://0x7f.1/',
      'http://user:pass@example.com/',
      'https://example.com:22/',
      'http://metadata.google.internal/',
      'http://printer.local/',
      'file:///etc/passwd',
      'javascript:alert(1)',
      'ftp://example.com/',
      'not a url',
      'http://',
      'http://example.com%00.evil.test/',
      ' ',
    ];
    for (const url of urls) {
      const answer = await share({ url });
      expect({ url, status: answer.status }).toEqual({ url, status: 400 });
      expect(answer.body).toMatchObject({ errors: [{ path: 'body.url' }] });
    }
    const after = [
      await count('contents'),
      await count('content_sources'),
      await count('tasks'),
      await count('events'),
    ];
    expect(after).toEqual(before);
  });

  it('3, 5, A11, A12: wrong input is 4xx with the field named, never 500', async () => {
    const url = 'https://example.com/bad';
    const table: [path: string, body: unknown][] = [
      ['body', undefined],
      ['body', []],
      ['body', 'null'],
      ['body.url', {}],
      ['body.url', { url: 7 }],
      ['body.url', { url: { contains: '' } }],
      ['body.url', { url: ['https://example.com'] }],
      ['body.url', { url: '' }],
      ['body.url', { url: `https://example.com/\u0000` }],
      ['body.url', { url: `https://example.com/${'a'.repeat(9_000)}` }],
      ['body.url', { url: `https://example.com/${'a'.repeat(5_000)}` }],
      ['body.tags', { url, tags: 'x' }],
      ['body.tags.0', { url, tags: [1] }],
      ['body.tags.0', { url, tags: [''] }],
      ['body.tags.0', { url, tags: ['a\u0000b'] }],
      ['body.tags.0', { url, tags: ['x'.repeat(101)] }],
      ['body.tags', { url, tags: Array.from({ length: 101 }, (_, index) => `t${index}`) }],
      ['body.note', { url, note: 'x'.repeat(2_001) }],
      ['body.note', { url, note: 'a\u0000' }],
      ['body.source', { url, source: '' }],
      ['body.client_context', { url, client_context: { a: 'x'.repeat(4_100) } }],
      ['body.client_context', { url, client_context: { 'a\u0000': 1 } }],
      ['body.client_context', { url, client_context: [1] }],
      ['body.is_nsfw', { url, is_nsfw: 'true' }],
      ['body.priority', { url, priority: 0 }],
      ['body.priority', { url, priority: 11 }],
      ['body.priority', { url, priority: 1.5 }],
      ['body.status', { url, status: 'PULLED' }],
      ['body.tenantId', { url, tenantId: 1, isAdmin: true }],
    ];
    for (const [path, body] of table) {
      const answer = await share(body);
      expect({ path, body, status: answer.status }).toEqual({ path, body, status: 400 });
      expect(answer.headers['content-type']).toContain('application/problem+json');
      expect(answer.body.errors.map((error: { path: string }) => error.path)).toContain(path);
      expect(JSON.stringify(answer.body)).not.toMatch(/at \/|node_modules|SELECT|prisma/i);
    }
    expect((await share('{"url":')).status).toBe(400);
    expect((await share(`{"url":"https://example.com/","__proto__":{"a":1}}`)).status).toBe(400);
    expect((await share({ url, note: 'x'.repeat(2 * 1024 * 1024) })).status).toBe(413);
  });

  it('5: a note of 2000 characters and a context of 4096 bytes are fine', async () => {
    const context = { a: 'x'.repeat(4_096 - '{"a":""}'.length) };
    const body = { url: 'https://example.com/limits', note: 'ä'.repeat(2_000), client_context: context };
    const { content_id } = (await share(body)).body;
    const { body: content } = await app.request('GET', `/contents/${content_id}`);
    expect(content.sources[0]).toMatchObject({ note: body.note, client_context: context });
  });

  it('36: no token 401, a token without the scope 403', async () => {
    const body = { url: 'https://example.com/auth' };
    expect(await share(body, { 'x-api-token': '' })).toMatchObject({ status: 401 });
    expect(await share(body, { 'x-api-token': await app.token('read', 'push') })).toMatchObject({ status: 403 });
    expect(
      await share(body, { 'x-api-token': undefined, authorization: `Bearer ${await app.token('write')}` }),
    ).toMatchObject({
      status: 201,
    });
  });
});

describe('while archiving is switched off', () => {
  it('a re-share asks for no damaged picture, and does not say so', async () => {
    const idle = await captureApp({ ENABLE_ARCHIVE_MEDIA_PROCESSING: 'false' });
    try {
      const again = () => idle.request('POST', '/shares', { url: 'https://damaged.example/page' });
      const id = (await again()).body.content_id;
      await idle.rows(
        `UPDATE contents SET status = 'PULLED', archive_status = 'ready', parse_generation = 1 WHERE id = $1`,
        id,
      );
      await idle.rows(
        `INSERT INTO blobs (sha256, key, mime, size, state) VALUES (repeat('a', 64), 'k', 'image/webp', 1, 'damaged')`,
      );
      await idle.rows(
        `INSERT INTO media (id, content_id, parse_generation, position, kind, origin_url, status, blob_sha256)
         VALUES (gen_random_uuid(), $1, 1, 0, 'image', 'https://damaged.example/1.png', 'stored', repeat('a', 64))`,
        id,
      );
      await idle.rows('DELETE FROM tasks');
      expect((await again()).body).toMatchObject({ content_id: id, status: 'PULLED' });
      expect(await idle.rows(`SELECT name FROM tasks WHERE content_id = $1`, id)).toEqual([]);
      expect(await idle.rows(`SELECT 1 FROM events WHERE content_id = $1 AND type = 'media.requeued'`, id)).toEqual([]);
    } finally {
      await idle.close();
    }
  });
});
