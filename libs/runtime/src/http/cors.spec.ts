import { afterEach, describe, expect, it } from '@jest/globals';
import { Controller, Get, Post } from '@nestjs/common';
import { startTestApp, type TestApp } from '../../test/test-app.ts';
import { Scopes } from '../auth/auth.decorators.ts';
import { securityHeaders } from './security-headers.ts';

@Controller('things')
class Things {
  @Get()
  @Scopes('read')
  list() {
    return { items: [] };
  }
  @Post()
  @Scopes('write')
  add() {
    return { id: 1 };
  }
}

const things = '/api/v1/things';
const friend = 'https://console.example.com';
const preflight = {
  'access-control-request-method': 'POST',
  'access-control-request-headers': 'x-api-token,content-type',
};

describe('CORS', () => {
  let test: TestApp;
  const start = async (origins: string) => {
    test = await startTestApp({ controllers: [Things], env: { CORS_ALLOWED_ORIGINS: origins } });
  };
  const ask = (method: 'GET' | 'POST' | 'OPTIONS', headers: Record<string, string>, url = things) =>
    test.app.inject({ method, url, headers });
  const corsHeaders = (headers: object) => Object.keys(headers).filter((name) => name.startsWith('access-control-'));
  afterEach(() => test.app.close());

  it('answers the preflight of a named origin without a token, with id and security headers', async () => {
    await start(`${friend}, http://127.0.0.1:4200`);
    const answer = await ask('OPTIONS', { origin: friend, ...preflight });
    expect(answer.statusCode).toBe(204);
    expect(answer.headers).toMatchObject({
      ...securityHeaders,
      'access-control-allow-origin': friend,
      'access-control-max-age': '7200',
      vary: 'Origin',
    });
    expect(answer.headers['access-control-allow-headers']).toContain('X-API-Token');
    expect(answer.headers['access-control-allow-methods']).toContain('PATCH');
    expect(answer.headers['x-request-id']).toBeTruthy();
    expect(answer.headers).not.toHaveProperty('access-control-allow-credentials');
    expect(test.lines().find(({ name }) => name === 'http.request')).toMatchObject({ status: 204, method: 'OPTIONS' });
  });

  it('lets its page read answers and refusals, and asks for a token as ever', async () => {
    await start(friend);
    const refused = await ask('GET', { origin: friend });
    const given = await ask('GET', { origin: friend, 'x-api-token': 'read-token' });
    expect([refused.statusCode, given.statusCode]).toEqual([401, 200]);
    for (const { headers } of [refused, given]) {
      expect(headers['access-control-allow-origin']).toBe(friend);
      expect(headers['access-control-expose-headers']).toContain('X-Request-Id');
    }
  });

  it.each(['https://evil.example', 'null', `${friend}.evil.example`, 'http://console.example.com', `${friend}:8443`])(
    'gives %s nothing',
    async (origin) => {
      await start(friend);
      const answers = [
        await ask('OPTIONS', { origin, ...preflight }),
        await ask('GET', { origin, 'x-api-token': 'read-token' }),
      ];
      expect(answers.map(({ statusCode }) => statusCode)).toEqual([404, 200]);
      for (const { headers } of answers) {
        expect(corsHeaders(headers)).toEqual([]);
        // A cache between must not hand an answer without the headers to the friend.
        expect(headers.vary).toBe('Origin');
      }
    },
  );

  it('is closed without the variable', async () => {
    await start('');
    const answer = await ask('OPTIONS', { origin: friend, ...preflight });
    expect(answer.statusCode).toBe(404);
    expect(corsHeaders(answer.headers)).toEqual([]);
    expect(answer.headers).not.toHaveProperty('vary');
  });

  it('with * gives all of them the same answer, and an OPTIONS that is no preflight is a request like others', async () => {
    await start('*');
    const answer = await ask('GET', { origin: 'https://any.example', 'x-api-token': 'read-token' });
    expect(answer.headers['access-control-allow-origin']).toBe('*');
    expect((await ask('OPTIONS', { origin: 'https://any.example' })).statusCode).toBe(404);
  });
});
