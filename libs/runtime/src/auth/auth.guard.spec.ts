import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Controller, Delete, Get, Param, Post } from '@nestjs/common';
import type { Principal } from '@vaultstream/contracts';
import { rawExchange } from '../../test/raw-http.ts';
import { startTestApp, type TestApp } from '../../test/test-app.ts';
import { Root } from '../http/root.decorator.ts';
import { routeTable } from '../http/route-table.ts';
import { CurrentPrincipal, Public, Scopes } from './auth.decorators.ts';

let calls = 0;

@Scopes('read')
@Controller('things')
class ThingsController {
  @Get()
  list(@CurrentPrincipal() principal: Principal) {
    calls++;
    return { caller: principal.name };
  }
  @Get(':id')
  one(@Param('id') id: string) {
    calls++;
    return { id };
  }
  @Post()
  @Scopes('write')
  create() {
    calls++;
    return {};
  }
  @Delete(':id')
  @Scopes('admin')
  remove() {
    calls++;
  }
  @Post('both')
  @Scopes('read', 'write')
  both() {
    calls++;
  }
}

@Root()
@Scopes('read')
@Controller('media')
class MediaController {
  @Get('*')
  file() {
    calls++;
    return {};
  }
}

@Public()
@Controller('open')
class OpenController {
  @Get()
  open() {
    return { open: true };
  }
  @Get('closed')
  @Scopes('read')
  closed() {
    calls++;
  }
}

const open = ['/livez', '/readyz', '/health', '/api/v1/health', '/metrics', '/api/v1/open'];

describe('AuthGuard', () => {
  let test: TestApp;
  let port: number;
  beforeAll(async () => {
    test = await startTestApp({ controllers: [ThingsController, MediaController, OpenController] });
    await test.app.listen({ host: '127.0.0.1', port: 0 });
    port = Number(new URL(await test.app.getUrl()).port);
  });
  afterAll(() => test.app.close());

  const inject = (method: string, url: string, headers: Record<string, string> = {}) =>
    test.app.inject({ method: method as 'GET', url, headers });

  it('A1: answers 401 on every route that is not open, and runs no handler', async () => {
    const routes = routeTable(test.app).filter(({ url }) => !open.includes(url));
    expect(routes.map(({ method, url }) => `${method} ${url}`).sort()).toEqual([
      'DELETE /api/v1/things/:id',
      'GET /api/v1/open/closed',
      'GET /api/v1/things',
      'GET /api/v1/things/:id',
      'GET /media/*',
      'HEAD /api/v1/open/closed',
      'HEAD /api/v1/things',
      'HEAD /api/v1/things/:id',
      'HEAD /media/*',
      'POST /api/v1/things',
      'POST /api/v1/things/both',
    ]);
    calls = 0;
    for (const { method, url } of routes) {
      const path = url.replace(':id', '1').replace('*', 'blobs/x');
      const tries = await Promise.all([
        inject(method, path),
        inject(method, path, { 'x-api-token': 'wrong' }),
        inject(method, path, { authorization: 'Bearer wrong' }),
        inject(method, path, { authorization: 'Basic cmVhZC10b2tlbjo=' }),
        inject(method, `${path}?token=read-token&x-api-token=read-token`),
      ]);
      expect(tries.map(({ statusCode }) => statusCode)).toEqual([401, 401, 401, 401, 401]);
      expect(tries[0]?.headers['www-authenticate']).toBe('Bearer');
    }
    expect(calls).toBe(0);
  });

  it.each([
    ['malformed JSON', 'application/json', '{"url":'],
    ['another type', 'text/plain', 'hello'],
    ['no type at all', 'x', 'hello'],
    ['an empty type', '', 'hello'],
  ])('A1: a body of %s tells a stranger nothing but that a token is missing', async (_, type, payload) => {
    const send = (token: string) =>
      test.app.inject({
        method: 'POST',
        url: '/api/v1/things',
        headers: { 'content-type': type, 'x-api-token': token },
        payload,
      });
    calls = 0;
    expect((await send('wrong')).statusCode).toBe(401);
    expect((await send('read-token')).statusCode).toBe(403);
    expect(calls).toBe(0);
  });

  it('A1: no spelling of a path reaches a handler without a token', async () => {
    calls = 0;
    const spellings = [
      '/api/v1/%74hings',
      '/api/v1/things%2F1',
      '/%61pi/v1/things',
      '//api/v1/things',
      '/api//v1/things',
      '/api/v1//things',
      '/api/v1/things/',
      '/api/v1/things//1',
      '/api/v1/things;x',
      '/api/v1/things;x=/livez',
      '/api/v1/things/1;/../livez',
      '/livez/../api/v1/things',
      '/livez/%2e%2e/api/v1/things',
      '/API/V1/THINGS',
      '/api/v1/things/.',
      '/api/v1/things?',
      '/api/v1/things#/livez',
      '/media//x',
      '/media/..%2fapi',
    ];
    for (const method of ['GET', 'HEAD', 'OPTIONS', 'POST', 'QUERY', 'TRACE'])
      for (const path of spellings) {
        const target = [path, `http://127.0.0.1:${port}${path}`];
        for (const form of target) {
          const answer = await rawExchange(port, `${method} ${form} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n`);
          expect(answer.slice(9, 12)).toMatch(/^40[0145]$/);
        }
      }
    expect(calls).toBe(0);
  });

  it('takes the token from either header, the own one first', async () => {
    expect((await inject('GET', '/api/v1/things', { 'x-api-token': 'read-token' })).json()).toEqual({ caller: 'read' });
    expect((await inject('GET', '/api/v1/things', { authorization: 'bearer admin-token' })).json()).toEqual({
      caller: 'admin',
    });
    const both = { 'x-api-token': 'wrong', authorization: 'Bearer read-token' };
    expect((await inject('GET', '/api/v1/things', both)).statusCode).toBe(401);
  });

  it('names the missing scope with 403; admin has every scope', async () => {
    const write = { 'x-api-token': 'write-token' };
    const refused = await inject('DELETE', '/api/v1/things/1', write);
    expect(refused.statusCode).toBe(403);
    expect(refused.json()).toMatchObject({ code: 'access_denied', detail: 'This token lacks the scope: admin.' });
    expect((await inject('POST', '/api/v1/things/both', write)).json()).toMatchObject({
      detail: 'This token lacks the scope: read.',
    });
    expect((await inject('POST', '/api/v1/things', write)).statusCode).toBe(201);
    expect((await inject('DELETE', '/api/v1/things/1', { 'x-api-token': 'admin-token' })).statusCode).toBe(200);
  });

  it('does not look up what cannot be a token', async () => {
    const before = test.tokens.asked;
    await inject('GET', '/api/v1/things', { 'x-api-token': 'x'.repeat(513) });
    await inject('GET', '/api/v1/things', { authorization: 'Bearer' });
    expect(test.tokens.asked).toBe(before);
  });

  it('leaves open what is open, with or without a token', async () => {
    for (const path of open) expect((await inject('GET', path, { 'x-api-token': 'wrong' })).statusCode).toBe(200);
  });
});

describe('at boot', () => {
  it('refuses handlers without a policy and lists them', async () => {
    @Controller('a')
    class BareController {
      @Get()
      one() {}
      @Post()
      two() {}
      @Get('x')
      @Public()
      three() {}
    }
    await expect(startTestApp({ controllers: [BareController] })).rejects.toThrow(
      'Neither @Public() nor @Scopes(): BareController.one, BareController.two',
    );
  });

  it('refuses a handler that is both', async () => {
    @Controller('a')
    class BothController {
      @Get()
      @Public()
      @Scopes('read')
      one() {}
    }
    await expect(startTestApp({ controllers: [BothController] })).rejects.toThrow(/both @Public\(\) and @Scopes/);
  });
});
