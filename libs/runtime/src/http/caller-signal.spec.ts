import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { Controller, Get } from '@nestjs/common';
import { eventually } from '@vaultstream/testing';
import { startTestApp, type TestApp } from '../../test/test-app.ts';
import { Public } from '../auth/auth.decorators.ts';
import { CallerSignal } from './caller-signal.ts';

let signals: AbortSignal[] = [];
let answer = Promise.withResolvers<string>();

@Public()
@Controller('slow')
class SlowController {
  @Get()
  async wait(@CallerSignal() signal: AbortSignal) {
    signals.push(signal);
    return { said: await answer.promise };
  }
}

describe('the signal of a caller', () => {
  let test: TestApp;
  let url: string;
  beforeAll(async () => {
    test = await startTestApp({ controllers: [SlowController] });
    await test.app.listen({ host: '127.0.0.1', port: 0 });
    url = `${await test.app.getUrl()}/api/v1/slow`;
  });
  afterAll(() => test.app.close());
  beforeEach(() => {
    signals = [];
    answer = Promise.withResolvers();
  });

  it('aborts when he hangs up while he waits', async () => {
    const caller = new AbortController();
    const call = fetch(url, { signal: caller.signal }).catch(() => 'hung up');
    await eventually(() => signals.length === 1);
    expect(signals[0]?.aborted).toBe(false);
    caller.abort();
    expect(await call).toBe('hung up');
    await eventually(() => signals[0]?.aborted === true);
    expect(signals[0]?.reason).toMatchObject({ name: 'Later' });
    answer.resolve('nothing');
  });

  it('does not abort when he has his answer and closes the connection', async () => {
    const call = fetch(url, { headers: { connection: 'close' } });
    await eventually(() => signals.length === 1);
    answer.resolve('done');
    expect(await (await call).json()).toEqual({ said: 'done' });
    await eventually(() => test.lines().filter(({ name }) => name === 'http.request').length === 2);
    expect(signals[0]?.aborted).toBe(false);
  });
});
