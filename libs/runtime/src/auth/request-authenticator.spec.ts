import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { Controller, Get, Post } from '@nestjs/common';
import { z } from 'zod';
import { rawConnect } from '../../test/raw-http.ts';
import { startTestApp, type TestApp } from '../../test/test-app.ts';
import { Root } from '../http/root.decorator.ts';
import { routeTable } from '../http/route-table.ts';
import { ZodBody } from '../validation/zod.decorators.ts';
import { Public, Scopes } from './auth.decorators.ts';

@Scopes('write')
@Controller('things')
class ThingsController {
  @Post()
  create(@ZodBody(z.array(z.unknown())) body: unknown[]) {
    return { length: body.length };
  }
  @Post('open')
  @Public()
  open(@ZodBody(z.array(z.unknown())) body: unknown[]) {
    return { length: body.length };
  }
}

@Root()
@Scopes('read')
@Controller()
class HomeController {
  @Get()
  home() {
    return { home: true };
  }
  @Get(['one', 'two/:id', 'three/*'])
  several() {
    return { several: true };
  }
}

const mebibyte = 1_048_576;
const things = '/api/v1/things';
/** What costs a parser most: 262,144 small lists. */
const costly = `[${'[1],'.repeat((mebibyte - 5) / 4)}1]`;

describe('a token is asked for before the body is read (M3)', () => {
  let test: TestApp;
  let port: number;
  beforeAll(async () => {
    test = await startTestApp({
      controllers: [ThingsController, HomeController],
      env: { API_RATE_LIMIT: '60', API_TRUSTED_PROXIES: '1' },
    });
    await test.app.listen({ host: '127.0.0.1', port: 0 });
    port = Number(new URL(await test.app.getUrl()).port);
  });
  afterAll(() => test.app.close());

  let parsed: number;
  beforeEach(() => {
    parsed = 0;
    const parse = JSON.parse.bind(JSON);
    jest.spyOn(JSON, 'parse').mockImplementation((text, reviver) => {
      if (text.length > 1_000) parsed++;
      return parse(text, reviver) as unknown;
    });
  });
  afterEach(() => void jest.restoreAllMocks());

  /** Each test comes from an address of its own, so that none uses up the failures of another. */
  const from = (address: string, token = 'wrong') => ({
    'content-type': 'application/json',
    'x-forwarded-for': address,
    'x-api-token': token,
  });
  const head = (path: string, headers: Record<string, string>) =>
    [`POST ${path} HTTP/1.1`, 'Host: x', ...Object.entries(headers).map((header) => header.join(': '))].join('\r\n');

  it('parses nothing of 50 bodies of 1 MiB with a wrong token, none, too small a scope, or no route', async () => {
    const kinds = [
      [things, from('1.0.0.1'), 401],
      [things, { 'content-type': 'application/json', 'x-forwarded-for': '1.0.0.2' }, 401],
      [things, from('1.0.0.3', 'read-token'), 403],
      ['/api/v1/nothing', from('1.0.0.4'), 404],
    ] as const;
    for (const [url, headers, status] of kinds) {
      const calls = Array.from({ length: 50 }, () =>
        test.app.inject({ method: 'POST', url, headers, payload: costly }),
      );
      const statuses = new Set((await Promise.all(calls)).map(({ statusCode }) => statusCode));
      expect([url, parsed, ...statuses]).toEqual([url, 0, status]);
    }
    const known = await test.app.inject({
      method: 'POST',
      url: things,
      headers: from('1.0.0.1', 'write-token'),
      payload: costly,
    });
    expect([known.statusCode, parsed]).toEqual([201, 1]);
  });

  it('counts the failures there, and refuses with 429', async () => {
    const send = () => test.app.inject({ method: 'POST', url: things, headers: from('2.0.0.1'), payload: costly });
    const statuses = [];
    for (let n = 0; n < 62; n++) statuses.push((await send()).statusCode);
    expect(statuses.filter((status) => status === 401)).toHaveLength(60);
    expect([statuses.slice(60), parsed]).toEqual([[429, 429], 0]);
  });

  it.each([
    ['a wrong token', things, from('3.0.0.1'), 401],
    ['no route', '/nothing', from('3.0.0.2'), 404],
    ['an address that is too long', `${things}?q=${'x'.repeat(8_200)}`, from('3.0.0.3', 'write-token'), 414],
  ])('answers %s before the body has come, and the connection goes on', async (_, path, headers, status) => {
    const connection = await rawConnect(port);
    connection.send(`${head(path, headers)}\r\nContent-Length: ${costly.length}\r\n\r\n`);
    await connection.until(`HTTP/1.1 ${status} `);
    connection.send(costly);
    connection.send('GET / HTTP/1.1\r\nHost: x\r\nX-API-Token: read-token\r\nConnection: close\r\n\r\n');
    expect(await connection.closed).toContain('{"home":true}');
    expect(parsed).toBe(0);
  });

  it('hangs up on a stranger who sends more than any body may have', async () => {
    const connection = await rawConnect(port);
    connection.send(`${head(things, from('4.0.0.1'))}\r\nTransfer-Encoding: chunked\r\n\r\n`);
    await connection.until('HTTP/1.1 401 ');
    const chunk = `40000\r\n${'x'.repeat(0x40000)}\r\n`;
    const goOn = () => {
      if (!connection.socket.destroyed) connection.socket.write(chunk, () => setImmediate(goOn));
    };
    goOn();
    expect(await connection.closed).toMatch(/^HTTP\/1\.1 401 /);
  });

  it('still takes bodies of everyone where the handler is open to everyone', async () => {
    const answer = await test.app.inject({
      method: 'POST',
      url: `${things}/open`,
      headers: { 'content-type': 'application/json' },
      payload: '[1,2]',
    });
    expect([answer.statusCode, answer.json()]).toEqual([201, { length: 2 }]);
  });
});

describe('the policy of a route', () => {
  it('is known of every path and method of a handler, HEAD included', async () => {
    const test = await startTestApp({ controllers: [HomeController] });
    const own = routeTable(test.app).filter(({ url }) => /^\/$|^\/(one|two|three)\b/.test(url));
    expect(own.map(({ method, url }) => `${method} ${url}`).sort()).toEqual(
      ['/', '/one', '/three/*', '/two/:id'].flatMap((url) => [`GET ${url}`, `HEAD ${url}`]).sort(),
    );
    for (const { method, url } of own) {
      const ask = (token: string) =>
        test.app.inject({
          method: method as 'GET',
          url: url.replace(':id', '7').replace('*', 'a/b'),
          headers: { 'x-api-token': token },
        });
      expect([(await ask('read-token')).statusCode, (await ask('write-token')).statusCode]).toEqual([200, 403]);
    }
    await test.app.close();
  });
});

describe('a route that no handler of ours describes', () => {
  it('is closed, for every token', async () => {
    const test = await startTestApp({ controllers: [ThingsController], routes: [['/added', () => ({ open: true })]] });
    const ask = (token: string) => test.app.inject({ url: '/added', headers: { 'x-api-token': token } });
    expect([(await ask('')).statusCode, (await ask('admin-token')).statusCode]).toEqual([401, 403]);
    await test.app.close();
  });
});

describe('a 401 says what is wrong (15)', () => {
  let test: TestApp;
  beforeAll(async () => {
    test = await startTestApp({ controllers: [HomeController] });
  });
  afterAll(() => test.app.close());

  it.each<[string, Record<string, string>, RegExp]>([
    ['an empty X-API-Token', { 'x-api-token': '' }, /sent is empty/],
    ['an empty Bearer', { authorization: 'Bearer ' }, /sent is empty/],
    ['no header, as curl sends for an empty one', {}, /None was sent.*curl sends no header that is empty/],
    ['another scheme', { authorization: 'Basic cmVhZC10b2tlbjo=' }, /X-API-Token, or Authorization: Bearer\.$/],
    ['a token of yesterday', { 'x-api-token': 'vs_yesterday' }, /not known, expired or revoked/],
  ])('%s', async (_, headers, detail) => {
    const answer = await test.app.inject({ url: '/', headers });
    expect([answer.statusCode, answer.json()]).toEqual([
      401,
      expect.objectContaining({ detail: expect.stringMatching(detail) }),
    ]);
  });
});
