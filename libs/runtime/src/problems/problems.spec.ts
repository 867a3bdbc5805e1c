import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { BadGatewayException, BadRequestException, Controller, Get, Post, Res } from '@nestjs/common';
import {
  AccessDenied,
  BadPayload,
  Conflict,
  InfrastructureError,
  InvalidInput,
  Later,
  NetworkError,
  NotFound,
  OutcomeUnknown,
  Overloaded,
  problemSchema,
  RateLimited,
  Refused,
  Unsupported,
  UpstreamError,
} from '@vaultstream/contracts';
import type { FastifyReply } from 'fastify';
import { z } from 'zod';
import { startTestApp, type TestApp } from '../../test/test-app.ts';
import { Public } from '../auth/auth.decorators.ts';

let thrown: unknown;

@Public()
@Controller('throw')
class ThrowController {
  @Get()
  get() {
    throw thrown;
  }
  @Post()
  async post() {
    throw thrown;
  }
  @Get('late')
  late(@Res({ passthrough: true }) reply: FastifyReply) {
    reply.headers({
      'cache-control': 'public',
      'content-disposition': 'attachment',
      etag: '"x"',
      'content-length': '3',
    });
    throw new NotFound('gone');
  }
  @Get('half')
  half(@Res() reply: FastifyReply) {
    reply.raw.writeHead(200, { 'content-type': 'text/plain' });
    reply.raw.write('half');
    throw new Error('broke in the middle');
  }
}

/** What must not leave the house: SQL, paths, hosts, stacks. */
const insides = 'SELECT * FROM tokens; /home/vault/app.js:10 at Object.<anonymous> 10.0.0.5:5432';
const issue = { path: 'body.url', message: 'is not nice' };

describe('problems', () => {
  let test: TestApp;
  beforeAll(async () => {
    test = await startTestApp({ controllers: [ThrowController] });
  });
  afterAll(() => test.app.close());

  async function answerTo(error: unknown) {
    thrown = error;
    const answer = await test.app.inject({ method: 'GET', url: '/api/v1/throw' });
    return { answer, problem: problemSchema.parse(answer.json()) };
  }

  it.each<[string, unknown, number, string]>([
    ['InvalidInput', new InvalidInput('no', [issue]), 400, 'invalid_input'],
    ['InvalidInput with a code', new InvalidInput('no', [], { code: 'unknown_platform' }), 400, 'unknown_platform'],
    ['InvalidInput with a status', new InvalidInput('no', [], { status: 422, code: 'x' }), 422, 'x'],
    ['InvalidInput with a foreign status', new InvalidInput('no', [], { status: 503 }), 400, 'invalid_input'],
    ['NotFound', new NotFound('no'), 404, 'not_found'],
    ['NotFound of an upstream', new NotFound('no', { status: 410 }), 404, 'not_found'],
    ['Conflict', new Conflict('no'), 409, 'conflict'],
    ['Refused', new Refused('no'), 400, 'refused'],
    ['Unsupported', new Unsupported('no'), 400, 'unsupported'],
    ['BadPayload', new BadPayload('no'), 422, 'bad_payload'],
    ['AccessDenied', new AccessDenied('no'), 403, 'access_denied'],
    ['RateLimited', new RateLimited('no'), 429, 'rate_limited'],
    ['Later', new Later('no'), 503, 'later'],
    ['Overloaded', new Overloaded('no'), 503, 'later'],
    ['InfrastructureError', new InfrastructureError(insides), 503, 'unavailable'],
    ['NetworkError', new NetworkError(insides), 502, 'upstream_unreachable'],
    ['UpstreamError', new UpstreamError(insides, { status: 500 }), 502, 'upstream_failed'],
    ['OutcomeUnknown', new OutcomeUnknown(insides), 502, 'outcome_unknown'],
    ['BadRequestException', new BadRequestException(insides), 400, 'bad_request'],
    ['BadGatewayException', new BadGatewayException(insides), 500, 'internal'],
    ['Error', new Error(insides, { cause: new Error(insides) }), 500, 'internal'],
    ['a stray ZodError', z.string().safeParse(1).error, 500, 'internal'],
    ['an error with a status', Object.assign(new Error(insides), { statusCode: 404, status: 404 }), 500, 'internal'],
    ['a string', insides, 500, 'internal'],
    ['an object', { message: insides, statusCode: 200 }, 500, 'internal'],
    ['null', null, 500, 'internal'],
  ])('A20: %s becomes a problem that tells nothing of our insides', async (_, error, status, code) => {
    const { answer, problem } = await answerTo(error);
    expect(answer.statusCode).toBe(status);
    expect(answer.headers['content-type']).toBe('application/problem+json');
    expect(problem).toMatchObject({ status, code, type: `urn:vaultstream:problem:${code}` });
    expect(problem.request_id).toBe(answer.headers['x-request-id']);
    expect(problem.title).not.toBe('Error');
    expect(problem.detail).not.toBe('');
    for (const part of insides.split(' ')) if (part.length > 4) expect(answer.body).not.toContain(part);
  });

  it('keeps nothing that the handler said of the answer that it then did not give', async () => {
    const { statusCode, headers } = await test.app.inject('/api/v1/throw/late');
    expect([statusCode, headers['cache-control'], headers['content-type']]).toEqual([
      404,
      'no-store',
      'application/problem+json',
    ]);
    expect(headers).not.toHaveProperty('etag');
    expect(headers).not.toHaveProperty('content-disposition');
  });

  it('cuts an answer off that breaks in the middle, and logs why', async () => {
    await expect(test.app.inject('/api/v1/throw/half')).rejects.toThrow();
    const line = test.lines().find(({ route }) => route === '/api/v1/throw/half');
    expect(line).toMatchObject({ level: 'error', status: 500, err: { message: 'broke in the middle' } });
  });

  it('names the fields', async () => {
    const { problem } = await answerTo(new InvalidInput('no', [issue]));
    expect(problem.errors).toEqual([issue]);
  });

  it.each<[string, unknown, string | undefined]>([
    ['RateLimited', new RateLimited('no', { retryAfterMs: 1_200 }), '2'],
    ['Later', new Later('no', { retryAfterMs: 0 }), '1'],
    ['Overloaded', new Overloaded('no'), '5'],
    ['Conflict', new Conflict('no', { retryAfterMs: 3_000 }), '3'],
    ['InfrastructureError', new InfrastructureError('no'), '5'],
    ['NotFound', new NotFound('no'), undefined],
    ['Error', new Error('no'), undefined],
  ])('says when to come back after %s', async (_, error, seconds) => {
    expect((await answerTo(error)).answer.headers['retry-after']).toBe(seconds);
  });

  it('logs what it does not tell: the stack, once, in the line of the request', async () => {
    const { problem } = await answerTo(new Error('the real reason', { cause: new Error('deeper') }));
    const lines = test.lines().filter(({ request_id }) => request_id === problem.request_id);
    expect(lines).toHaveLength(1);
    expect(lines[0]).toMatchObject({
      level: 'error',
      status: 500,
      error_type: 'Error',
      err: { message: 'the real reason', cause: { message: 'deeper' } },
    });
    expect(JSON.stringify(lines[0])).toContain('problems.spec.ts');
  });

  it('A16: tells and logs no secret, on the good path and on the bad ones', async () => {
    const canaries = Array.from({ length: 12 }, (_, n) => `canary${n}`.padEnd(36, 'z'));
    const [token, bearer, cookie, bot, presigned, webhook, database, header, query, body, own, basic] = canaries;
    const text = [
      `https://api.telegram.org/bot123456789:${bot}/sendMessage`,
      `https://s3.example/k?X-Amz-Signature=${presigned}&x=1`,
      `whsec_${webhook}`,
      `postgresql://vault:${database}@db/vault`,
      `x-api-token: ${header}`,
      `vs_live_${own}`,
      `authorization: Basic ${basic}`,
    ].join(' ');
    const headers = { 'x-api-token': `${token}`, authorization: `Bearer ${bearer}`, cookie: `sid=${cookie}` };
    const errors = [
      new NotFound(text),
      new InvalidInput(text, [{ path: 'body.url', message: text }]),
      new InfrastructureError(text, { cause: new Error(text) }),
      new Error(text, { cause: new Error(text) }),
      Object.assign(new Error(text), { request: { headers }, config: { headers } }),
      text,
    ];
    const answers: string[] = [];
    for (const error of errors) {
      thrown = error;
      const request = { url: `/api/v1/throw?access_token=${query}`, headers };
      answers.push((await test.app.inject({ method: 'GET', ...request })).body);
      answers.push((await test.app.inject({ method: 'POST', ...request, payload: { password: body } })).body);
    }
    answers.push((await test.app.inject({ url: `/livez?token=${query}`, headers })).body);
    answers.push((await test.app.inject({ url: `/nothing/${query}?token=${query}`, headers })).body);
    const metrics = (await test.app.inject('/metrics')).body;
    for (const output of [test.text(), answers.join(''), metrics]) expect(output).not.toContain('canary');
    expect(test.text()).toContain('[redacted]');
  });
});
