import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Controller, Get, Post } from '@nestjs/common';
import { contentsQuerySchema, problemSchema, shareRequestSchema } from '@vaultstream/contracts';
import { rawConnect, rawExchange } from '../../test/raw-http.ts';
import { startTestApp, type TestApp } from '../../test/test-app.ts';
import { Public } from '../auth/auth.decorators.ts';
import { IdParam, UuidParam } from '../validation/id.decorators.ts';
import { ZodBody, ZodQuery } from '../validation/zod.decorators.ts';
import { securityHeaders } from './security-headers.ts';

let handled: unknown[] = [];

@Public()
@Controller('things')
class ThingsController {
  @Get()
  list(@ZodQuery(contentsQuerySchema) query: unknown) {
    handled.push(query);
    return query;
  }
  @Get('by-uuid/:id')
  byUuid(@UuidParam() id: string) {
    return { id };
  }
  @Get(':id')
  one(@IdParam() id: number) {
    return { id };
  }
  @Post()
  share(@ZodBody(shareRequestSchema) body: unknown) {
    handled.push(body);
    return body;
  }
  @Post('empty')
  empty() {
    return { fine: true };
  }
}

const json = { 'content-type': 'application/json' };
const things = '/api/v1/things';

describe('the HTTP edge', () => {
  let test: TestApp;
  let port: number;
  beforeAll(async () => {
    test = await startTestApp({ controllers: [ThingsController] });
    await test.app.listen({ host: '127.0.0.1', port: 0 });
    port = Number(new URL(await test.app.getUrl()).port);
  });
  afterAll(() => test.app.close());

  const get = (url: string, headers: Record<string, string> = {}) => test.app.inject({ method: 'GET', url, headers });
  const post = (payload: string | Buffer, headers: Record<string, string> = json, url = things) =>
    test.app.inject({ method: 'POST', url, headers, payload });
  type Answer = Awaited<ReturnType<typeof get>>;

  function expectProblem(answer: Answer, status: number, ...paths: string[]): void {
    expect(answer.statusCode).toBe(status);
    expect(answer.headers['content-type']).toBe('application/problem+json');
    const problem = problemSchema.parse(answer.json());
    expect(problem.status).toBe(status);
    expect(problem.type).toBe(`urn:vaultstream:problem:${problem.code}`);
    expect(problem.request_id).toBe(answer.headers['x-request-id']);
    expect(problem.errors?.map(({ path }) => path) ?? []).toEqual(paths);
  }

  const deep = (depth: number) => `{"url":"https://x","client_context":${'{"a":'.repeat(depth)}1${'}'.repeat(depth)}}`;

  it.each<[string, string | Buffer, string]>([
    ['malformed JSON', '{"url":', 'body'],
    ['no JSON at all', 'hello', 'body'],
    ['bytes that are not UTF-8', Buffer.from([0x22, 0xff, 0x22]), 'body'],
    ['a __proto__ key', '{"url":"https://x","__proto__":{"admin":true}}', 'body'],
    ['an escaped __proto__ key', '{"url":"https://x","\\u005f_proto__":{"admin":true}}', 'body'],
    ['a constructor.prototype key', '{"url":"https://x","constructor":{"prototype":{"a":1}}}', 'body'],
    ['A7: 10,000 levels', deep(10_000), 'body'],
    ['A7: 10,000 open brackets', '['.repeat(10_000), 'body'],
    ['a list', '[]', 'body'],
    ['null', 'null', 'body'],
    ['no body', '', 'body'],
    ['no url', '{}', 'body.url'],
    ['A11: an operator in place of a text', '{"url":{"contains":""}}', 'body.url'],
    ['A11: an operator in a list', '{"url":"https://x","tags":[{"not":"x"}]}', 'body.tags.0'],
    ['A12: a field that is not the caller`s', '{"url":"https://x","isAdmin":true}', 'body.isAdmin'],
    ['a NUL', '{"url":"a\\u0000b"}', 'body.url'],
  ])('refuses %s with 400 and names the place', async (_, payload, path) => {
    handled = [];
    expectProblem(await post(payload), 400, path);
    expect(handled).toEqual([]);
  });

  it('A12: names every unknown field, up to a bound', async () => {
    const answer = await post('{"url":"https://x","tenantId":1,"status":"PULLED"}');
    expectProblem(answer, 400, 'body.tenantId', 'body.status');
    const many = Object.fromEntries(Array.from({ length: 5_000 }, (__, n) => [`k${n}`.padEnd(150, 'x'), n]));
    const bounded = await post(JSON.stringify({ url: 'x', ...many }));
    expect(bounded.statusCode).toBe(400);
    expect(bounded.body.length).toBeLessThan(5_000);
  });

  it('does not take brackets inside strings for depth', async () => {
    const answer = await post(JSON.stringify({ url: `${'[{'.repeat(500)}\\"[[[` }));
    expect(answer.statusCode).toBe(201);
  });

  it.each([
    ['limit=1000000000', 'query.limit'],
    ['limit=-1', 'query.limit'],
    ['limit=0', 'query.limit'],
    ['limit=NaN', 'query.limit'],
    ['limit=1.5', 'query.limit'],
    ['limit=1&limit=2', 'query.limit'],
    [`cursor=${'x'.repeat(513)}`, 'query.cursor'],
    ['status[not]=PULLED', 'query.status[not]'],
    ['status=PULLED&status=FAILED', 'query.status'],
    ['status=OR%201=1', 'query.status'],
    ['is_nsfw=1', 'query.is_nsfw'],
    ['__proto__=x', 'query.__proto__'],
    ['unknown=1', 'query.unknown'],
  ])('A10, A11: refuses ?%s', async (query, path) => {
    handled = [];
    expectProblem(await get(`${things}?${query}`), 400, path);
    expect(handled).toEqual([]);
  });

  it('reads a good query, repeated keys as lists', async () => {
    const answer = await get(`${things}?limit=7&tag=a&tag=b&is_nsfw=false`);
    expect(answer.json()).toEqual({ limit: 7, tag: ['a', 'b'], is_nsfw: false, sort: 'created_at' });
  });

  it.each([
    ['1', 200],
    ['2147483647', 200],
    ['0', 404],
    ['2147483648', 404],
    ['9'.repeat(300), 404],
    ['-1', 400],
    ['1.0', 400],
    ['0x1', 400],
    ['abc', 400],
    ['1%00', 400],
    ["1'%20OR%201=1", 400],
    ['by-uuid/0192f0c4-7b1a-7c3e-9d2f-1a2b3c4d5e6f', 200],
    ['by-uuid/1', 400],
    ['by-uuid/..%2f..%2fetc', 400],
  ])('answers the id %s with %i', async (id, status) => {
    const answer = await get(`${things}/${id}`);
    if (status === 200) expect(answer.statusCode).toBe(200);
    else expectProblem(answer, status, ...(status === 400 ? ['path.id'] : []));
  });

  it('takes no body where none is needed', async () => {
    expect((await post('', json, `${things}/empty`)).statusCode).toBe(201);
    expect((await test.app.inject({ method: 'POST', url: `${things}/empty` })).statusCode).toBe(201);
    expect((await post('{"a":', json, `${things}/empty`)).statusCode).toBe(201);
    expect((await post('a=1', { 'content-type': 'text/plain' }, `${things}/empty`)).statusCode).toBe(201);
  });

  it.each([
    'text/plain',
    'application/x-www-form-urlencoded',
    'multipart/form-data; boundary=x',
    'application/xml',
    'x',
  ])('refuses a body of type %s with 415', async (type) => {
    expectProblem(await post('a=1', { 'content-type': type }), 415, 'headers.content-type');
  });

  it('takes JSON whatever its charset parameter says, as UTF-8', async () => {
    const answer = await post('{"url":"https://x/ü"}', { 'content-type': 'application/json; charset=utf-8' });
    expect(answer.json()).toMatchObject({ url: 'https://x/ü' });
  });

  it('A7: refuses 100 MB by its length alone, and more than 1 MiB without a length', async () => {
    const head = `POST ${things} HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n`;
    const chunk = `40000\r\n${'x'.repeat(0x40000)}\r\n`;
    for (const rest of ['Content-Length: 104857600\r\n\r\n', `Transfer-Encoding: chunked\r\n\r\n${chunk.repeat(5)}`]) {
      const connection = await rawConnect(port);
      connection.send(head + rest);
      await connection.until('"code":"body_too_large"');
      expect(connection.received()).toMatch(/^HTTP\/1\.1 413 /);
      connection.socket.destroy();
    }
  });

  it('A7: takes a body of exactly 1 MiB to the schema, and a million keys no further', async () => {
    const body = (length: number) => `{"url":"${'x'.repeat(length - 10)}"}`;
    expectProblem(await post(body(1_048_576)), 400, 'body.url');
    expectProblem(await post(body(1_048_577)), 413, 'body');
    const keys = `{${Array.from({ length: 1_000_000 }, (__, n) => `"${n}":1`).join(',')}}`;
    expectProblem(await post(keys), 413, 'body');
  });

  it('A7: refuses an address of more than 8 kB with 414 and headers beyond 16 kB with 431', async () => {
    expectProblem(await get(`${things}?q=${'x'.repeat(8_200)}`), 414, 'path');
    const answer = await rawExchange(port, `GET /livez?${'x'.repeat(20_000)} HTTP/1.1\r\nHost: x\r\n\r\n`);
    expect(answer).toMatch(/^HTTP\/1\.1 431 /);
    expect(answer).toContain('"code":"headers_too_large"');
  });

  it('refuses percent-encoding that cannot be decoded', async () => {
    expectProblem(await get(`${things}/%zz`), 400, 'path');
    expectProblem(await get('/%c3%28'), 400, 'path');
    expectProblem(await get(`${things}/${'x'.repeat(2_000)}`), 414);
  });

  it('answers what is not there with a problem, for every method', async () => {
    for (const method of ['GET', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'] as const)
      expectProblem(await test.app.inject({ method, url: '/api/v1/nothing?secret=1' }), 404);
    expectProblem(await test.app.inject({ method: 'PUT', url: things }), 404);
    expectProblem(await get('/things'), 404);
    expectProblem(await get('/api/v1/livez'), 404);
  });

  it('A19: no answer allows another origin, and every answer has the headers', async () => {
    const evil = { origin: 'https://evil.example', 'access-control-request-method': 'POST', cookie: 'a=b' };
    const answers = await Promise.all([
      get('/livez', evil),
      get(things, { ...evil, origin: 'null' }),
      get(`${things}/0`, evil),
      get(`${things}/%zz`, evil),
      get('/api/v1/nothing', evil),
      get(`${things}?q=${'x'.repeat(8_200)}`, evil),
      post('{', { ...json, ...evil }),
      post('x'.repeat(1_048_577), { ...json, ...evil }),
      test.app.inject({ method: 'OPTIONS', url: things, headers: evil }),
    ]);
    for (const { headers } of answers) {
      expect(headers).toMatchObject(securityHeaders);
      expect(Object.keys(headers).filter((name) => name.startsWith('access-control-'))).toEqual([]);
      expect(headers).not.toHaveProperty('x-powered-by');
    }
    expect(securityHeaders).toMatchObject({
      'x-content-type-options': 'nosniff',
      'x-frame-options': 'DENY',
      'content-security-policy': "default-src 'none';frame-ancestors 'none'",
      'cache-control': 'no-store',
    });
  });

  it('answers what is no HTTP with a problem and the headers, and hangs up', async () => {
    for (const nonsense of [
      '\x16\x03\x01\x02\x00\x01\r\n\r\n',
      'GET / HTTP/9.9\r\n\r\n',
      'GET /livez HTTP/1.1\r\nno colon\r\n\r\n',
    ]) {
      const answer = await rawExchange(port, nonsense);
      expect(answer).toMatch(/^HTTP\/1\.1 400 Bad Request\r\n/);
      for (const [name, value] of Object.entries(securityHeaders)) expect(answer).toContain(`${name}: ${value}\r\n`);
      const problem = problemSchema.parse(JSON.parse(answer.slice(answer.indexOf('\r\n\r\n'))));
      expect(answer).toContain(`x-request-id: ${problem.request_id}\r\n`);
    }
  });

  it.each([
    ['Content-Length: 5\r\nTransfer-Encoding: chunked'],
    ['Content-Length: 5\r\nContent-Length: 6'],
    ['Transfer-Encoding: x, chunked, y'],
  ])('refuses the smuggling of %j', async (headers) => {
    const answer = await rawExchange(
      port,
      `POST ${things} HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n${headers}\r\n\r\n0\r\n\r\nGET /livez HTTP/1.1\r\nHost: x\r\n\r\n`,
    );
    expect(answer).toMatch(/^HTTP\/1\.1 400 /);
    expect(answer.match(/HTTP\/1\.1 /g)).toHaveLength(1);
  });
});
