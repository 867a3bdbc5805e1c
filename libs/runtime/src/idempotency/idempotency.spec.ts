import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { Controller, HttpCode, Post, Res } from '@nestjs/common';
import { IdempotencyStore, InfrastructureError, InvalidInput, NotFound, RateLimited } from '@vaultstream/contracts';
import type { FastifyReply } from 'fastify';
import { z } from 'zod';
import { createGate, type Gate } from '../../test/gate.ts';
import { MemoryIdempotencyStore } from '../../test/memory-idempotency-store.ts';
import { startTestApp, type TestApp } from '../../test/test-app.ts';
import { Scopes } from '../auth/auth.decorators.ts';
import { ZodBody } from '../validation/zod.decorators.ts';
import { hashJson } from './body-hash.ts';
import { Idempotent } from './idempotent.decorator.ts';

let runs = 0;
let failWith: Error | undefined;
let gate: Gate | undefined;
let entered: Gate | undefined;

@Scopes('write')
@Controller('things')
class ThingsController {
  @Post()
  @Idempotent()
  async create(
    @ZodBody(z.strictObject({ n: z.number() })) body: { n: number },
    @Res({ passthrough: true }) reply: FastifyReply,
  ) {
    runs++;
    entered?.open();
    await gate?.passed;
    if (failWith) throw failWith;
    reply.code(body.n % 2 === 0 ? 200 : 201);
    return { run: runs, n: body.n };
  }
  @Post('nothing')
  @HttpCode(204)
  @Idempotent()
  nothing() {
    runs++;
  }
}

describe('@Idempotent()', () => {
  let test: TestApp;
  beforeAll(async () => {
    test = await startTestApp({
      controllers: [ThingsController],
      providers: [{ provide: IdempotencyStore, useClass: MemoryIdempotencyStore }],
    });
  });
  afterAll(() => test.app.close());
  beforeEach(() => {
    runs = 0;
    failWith = gate = entered = undefined;
  });

  const post = (key: string | undefined, payload: object, token = 'write-token', url = '/api/v1/things') =>
    test.app.inject({
      method: 'POST',
      url,
      headers: { 'x-api-token': token, ...(key === undefined ? {} : { 'idempotency-key': key }) },
      payload,
    });

  it('A22: same key and same body: one run, the same answer', async () => {
    const first = await post('same', { n: 1 });
    const second = await post('same', { n: 1 });
    expect([first.statusCode, second.statusCode]).toEqual([201, 201]);
    expect(second.json()).toEqual(first.json());
    expect(first.headers).not.toHaveProperty('idempotent-replayed');
    expect(second.headers['idempotent-replayed']).toBe('true');
    expect(runs).toBe(1);
  });

  it('repeats the status that the handler chose, and an empty answer', async () => {
    expect((await post('status', { n: 2 })).statusCode).toBe(200);
    expect((await post('status', { n: 2 })).statusCode).toBe(200);
    const empty = async () => post('empty', {}, 'write-token', '/api/v1/things/nothing');
    const answers = [await empty(), await empty()];
    expect(answers.map(({ statusCode, body }) => [statusCode, body])).toEqual([
      [204, ''],
      [204, ''],
    ]);
    expect(runs).toBe(2);
  });

  it('A22: same key and another body: 422, and nothing runs', async () => {
    await post('other', { n: 1 });
    const answer = await post('other', { n: 3 });
    expect(answer.statusCode).toBe(422);
    expect(answer.json()).toMatchObject({
      code: 'idempotency_key_reused',
      errors: [{ path: 'headers.idempotency-key' }],
    });
    expect(runs).toBe(1);
  });

  it('A22: fifty at once: one run, the same answer for all', async () => {
    const answers = await Promise.all(Array.from({ length: 50 }, () => post('crowd', { n: 1 })));
    expect(new Set(answers.map(({ statusCode, body }) => `${statusCode} ${body}`)).size).toBe(1);
    expect(answers[0]?.statusCode).toBe(201);
    expect(runs).toBe(1);
  });

  it('answers 409 with Retry-After when the first call takes long', async () => {
    gate = createGate();
    entered = createGate();
    const first = post('long', { n: 1 });
    await entered.passed;
    const second = await post('long', { n: 1 });
    expect(second.statusCode).toBe(409);
    expect(second.headers['retry-after']).toBe('1');
    gate.open();
    expect((await first).statusCode).toBe(201);
    expect((await post('long', { n: 1 })).headers['idempotent-replayed']).toBe('true');
    expect(runs).toBe(1);
  });

  it('is the caller`s own, and the route`s', async () => {
    await post('mine', { n: 1 });
    expect((await post('mine', { n: 3 }, 'admin-token')).statusCode).toBe(201);
    expect((await post('mine', {}, 'write-token', '/api/v1/things/nothing')).statusCode).toBe(204);
    expect(runs).toBe(3);
  });

  it('does without a key', async () => {
    await post(undefined, { n: 1 });
    await post(undefined, { n: 1 });
    expect(runs).toBe(2);
  });

  it.each(['', 'x'.repeat(256), 'a\tb', 'ä'])('refuses the key %j with 400', async (key) => {
    const answer = await post(key, { n: 1 });
    expect(answer.statusCode).toBe(400);
    expect(answer.json()).toMatchObject({ errors: [{ path: 'headers.idempotency-key' }] });
    expect(runs).toBe(0);
  });

  it('takes the keys of one and of 255 characters', async () => {
    expect((await post('x', { n: 1 })).statusCode).toBe(201);
    expect((await post('~'.repeat(255), { n: 1 })).statusCode).toBe(201);
  });

  it('repeats an answer below 500 too, with its own request id', async () => {
    failWith = new NotFound('There is no such thing.');
    const first = await post('missing', { n: 1 });
    failWith = undefined;
    const second = await post('missing', { n: 1 });
    expect([first.statusCode, second.statusCode]).toEqual([404, 404]);
    expect(second.json()).toEqual({ ...first.json<object>(), request_id: second.headers['x-request-id'] });
    expect(runs).toBe(1);
    failWith = new InvalidInput('no', [{ path: 'body.n', message: 'is odd' }], { status: 422, code: 'odd' });
    await post('odd', { n: 1 });
    expect((await post('odd', { n: 1 })).json()).toMatchObject({
      code: 'odd',
      errors: [{ path: 'body.n', message: 'is odd' }],
    });
  });

  it.each([
    ['503', new InfrastructureError('away')],
    ['500', new Error('bug')],
    ['429', new RateLimited('slow down')],
  ])('runs again after %s', async (status, error) => {
    failWith = error;
    expect((await post(`again ${status}`, { n: 1 })).statusCode).toBe(Number(status));
    failWith = undefined;
    expect((await post(`again ${status}`, { n: 1 })).statusCode).toBe(201);
    expect(runs).toBe(2);
  });

  it('still gives the handler`s answer when it cannot be kept', async () => {
    const store = test.app.get(IdempotencyStore, { strict: false });
    const complete = store.complete.bind(store);
    store.complete = async () => {
      throw new InfrastructureError('away');
    };
    expect((await post('unkept', { n: 1 })).statusCode).toBe(201);
    store.complete = complete;
    expect(test.text()).toContain('idempotency answer not kept');
  });

  it('does not boot without a store', async () => {
    await expect(startTestApp({ controllers: [ThingsController] })).rejects.toThrow(
      /no module provides IdempotencyStore/,
    );
  });
});

describe('hashJson', () => {
  it('does not see the order of keys, and sees everything else', () => {
    expect(hashJson({ a: 1, b: [{ c: 1, d: 2 }] })).toBe(hashJson({ b: [{ d: 2, c: 1 }], a: 1 }));
    const different = [
      undefined,
      0,
      '',
      {},
      [],
      [[]],
      { a: 1 },
      [['a', 1]],
      ['object', ['a', 1]],
      { a: '1' },
      [1, 2],
      [2, 1],
    ];
    expect(new Set(different.map(hashJson)).size).toBe(different.length);
  });
});
