import { setImmediate as tick } from 'node:timers/promises';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { Controller, Get, Injectable, Post, UseInterceptors } from '@nestjs/common';
import type { CallHandler, ExecutionContext, NestInterceptor } from '@nestjs/common';
import { NotFound, TokenVerifier, type Principal } from '@vaultstream/contracts';
import { defer } from 'rxjs';
import { z } from 'zod';
import { createGate, type Gate } from '../../test/gate.ts';
import { rawConnect } from '../../test/raw-http.ts';
import { startTestApp, type TestApp } from '../../test/test-app.ts';
import { Public, Scopes } from '../auth/auth.decorators.ts';
import { annotateContext, currentContext } from '../context.ts';
import { ZodBody, ZodQuery } from '../validation/zod.decorators.ts';

/** Which request id each stage saw. */
let seen: Record<string, (string | null | undefined)[]> = {};
function note(stage: string): void {
  (seen[stage] ??= []).push(currentContext()?.requestId);
}

let gate: Gate = createGate();
let entered: Gate = createGate();

@Injectable()
class NotingInterceptor implements NestInterceptor {
  intercept(_: ExecutionContext, next: CallHandler) {
    note('interceptor');
    return defer(() => next.handle());
  }
}

class NotingTokens extends TokenVerifier {
  async verify(): Promise<Principal> {
    await tick();
    note('guard');
    return { tokenId: 'the-token-id', name: 'x', scopes: ['read'] };
  }
}

const noted = z.object({ n: z.number() }).transform((value) => {
  note('pipe');
  return value;
});

@Scopes('read')
@Controller('flow')
class FlowController {
  @Post(':id')
  @UseInterceptors(NotingInterceptor)
  async post(@ZodBody(noted) body: { n: number }) {
    note('handler');
    await tick();
    annotateContext({ contentId: body.n });
    note('after await');
    return body;
  }
  @Public()
  @Get('slow')
  async slow() {
    entered.open();
    await gate.passed;
    return {};
  }
  @Public()
  @Get('missing')
  missing(@ZodQuery(z.object({ token: z.string().optional() })) _: unknown) {
    throw new NotFound('There is no such thing.');
  }
}

const traceparent = '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01';

describe('a request', () => {
  let test: TestApp;
  beforeAll(async () => {
    test = await startTestApp({
      controllers: [FlowController],
      providers: [NotingInterceptor],
      verifier: new NotingTokens(),
    });
  });
  afterAll(() => test.app.close());
  beforeEach(() => {
    seen = {};
  });

  const requestLine = (id: unknown) =>
    test.lines().find(({ name, request_id }) => name === 'http.request' && request_id === id);
  const post = (id: string, n: number) =>
    test.app.inject({
      method: 'POST',
      url: `/api/v1/flow/${n}?secret=1`,
      headers: { 'x-request-id': id, traceparent, 'x-api-token': 'any' },
      payload: { n },
    });

  it('runs in its own context from guard to handler, however many run at once', async () => {
    const ids = Array.from({ length: 20 }, (_, n) => `req-${n}`);
    const answers = await Promise.all(ids.map(post));
    expect(answers.map(({ headers }) => headers['x-request-id'])).toEqual(ids);
    for (const stage of ['guard', 'interceptor', 'pipe', 'handler', 'after await'])
      expect([stage, seen[stage]?.toSorted()]).toEqual([stage, ids.toSorted()]);
    expect(currentContext()).toBeUndefined();
  });

  it('41: writes one line with its ids, route pattern and outcome, and nothing of its address or body', async () => {
    await post('one-line', 7);
    const lines = test.lines().filter(({ request_id }) => request_id === 'one-line');
    expect(lines).toHaveLength(1);
    expect(lines[0]).toMatchObject({
      name: 'http.request',
      level: 'info',
      method: 'POST',
      route: '/api/v1/flow/:id',
      status: 201,
      content_id: 7,
      trace_id: '4bf92f3577b34da6a3ce929d0e0e4736',
      token_id: 'the-token-id',
    });
    expect(lines[0]?.duration_ms).toBeGreaterThan(0);
    expect(lines[0]).not.toHaveProperty('error_type');
    expect(JSON.stringify(lines[0])).not.toContain('secret');
  });

  it.each([
    ['a handler', '/api/v1/flow/missing'],
    ['nobody', '/nothing'],
    ['the router', '/%zz'],
  ])('says in its answer where it is in the traces and the log: answered by %s', async (_, url) => {
    const answer = await test.app.inject({ url, headers: { 'x-request-id': `traced-${url.length}` } });
    const line = requestLine(`traced-${url.length}`);
    expect(answer.headers['traceresponse']).toMatch(new RegExp(`^00-${String(line?.trace_id)}-[0-9a-f]{16}-00$`));
  });

  it.each(['abc', 'A.b_c-9', 'x'.repeat(128)])('keeps the sane id %s', async (id) => {
    const answer = await test.app.inject({ url: '/livez', headers: { 'x-request-id': id } });
    expect(answer.headers['x-request-id']).toBe(id);
  });

  it.each(['', 'x'.repeat(129), 'a b', 'a\tb', '<script>', 'ä'])('replaces the id %j', async (id) => {
    const answer = await test.app.inject({ url: '/livez', headers: { 'x-request-id': id } });
    expect(answer.headers['x-request-id']).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-7/);
  });

  it('has its id on every kind of answer', async () => {
    const headers = { 'x-request-id': 'everywhere' };
    const urls = ['/api/v1/flow/missing', '/api/v1/nothing', '/%zz', `/${'x'.repeat(9_000)}`, '/metrics', '/readyz'];
    for (const url of urls)
      expect((await test.app.inject({ url, headers })).headers['x-request-id']).toBe('everywhere');
  });

  it('names what went wrong in its line, at info when it is the caller`s fault', async () => {
    await test.app.inject({ url: '/api/v1/flow/missing?token=x', headers: { 'x-request-id': 'miss' } });
    expect(requestLine('miss')).toMatchObject({ level: 'info', status: 404, error_type: 'NotFound' });
    await test.app.inject({ url: '/elsewhere?token=x', headers: { 'x-request-id': 'no-route' } });
    expect(requestLine('no-route')).toMatchObject({ level: 'info', route: 'unmatched', status: 404 });
    await test.app.inject({ url: '/%zz', headers: { 'x-request-id': 'no-url' } });
    expect(requestLine('no-url')).toMatchObject({ route: 'unmatched', status: 400, error_type: 'FST_ERR_BAD_URL' });
  });

  it('is logged at debug when a probe asks', async () => {
    for (const url of ['/livez', '/readyz', '/metrics']) {
      await test.app.inject({ url, headers: { 'x-request-id': `probe${url.slice(1)}` } });
      expect(requestLine(`probe${url.slice(1)}`)).toMatchObject({ level: 'debug', route: url, status: 200 });
    }
  });

  it('is logged with 499 when its caller hangs up', async () => {
    gate = createGate();
    entered = createGate();
    await test.app.listen({ host: '127.0.0.1', port: 0 });
    const connection = await rawConnect(Number(new URL(await test.app.getUrl()).port));
    connection.send('GET /api/v1/flow/slow HTTP/1.1\r\nHost: x\r\nX-Request-Id: gone\r\n\r\n');
    await entered.passed;
    connection.socket.destroy();
    while (!requestLine('gone')) await tick();
    expect(requestLine('gone')).toMatchObject({ status: 499, route: '/api/v1/flow/slow' });
    gate.open();
  });
});
