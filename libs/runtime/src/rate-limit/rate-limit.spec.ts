import { afterEach, describe, expect, it } from '@jest/globals';
import { Controller, Get } from '@nestjs/common';
import { RateLimiter } from '@vaultstream/contracts';
import { startTestApp, type TestApp } from '../../test/test-app.ts';
import { Public, Scopes } from '../auth/auth.decorators.ts';
import { MemoryRateLimiter } from './memory-rate-limiter.ts';

describe('MemoryRateLimiter', () => {
  it('lets a full bucket through, then one per interval', async () => {
    let now = 0;
    const limiter = new MemoryRateLimiter(() => now);
    const take = async (times: number) => {
      let passed = 0;
      for (let i = 0; i < times; i++) if ((await limiter.take('a', 100)).ok) passed++;
      return passed;
    };
    expect(await take(600)).toBe(100);
    expect(await limiter.take('a', 100)).toEqual({ ok: false, retryAfterMs: 600 });
    now += 599;
    expect(await take(10)).toBe(0);
    now += 1;
    expect(await take(10)).toBe(1);
    now += 6_000;
    expect(await take(600)).toBe(10);
    now += 3_600_000;
    expect(await take(600)).toBe(100);
  });

  it('keeps keys apart and takes fractions exactly', async () => {
    const limiter = new MemoryRateLimiter(() => 0.3);
    for (const perMinute of [1, 3, 7, 1_200, 59_999]) {
      let passed = 0;
      while ((await limiter.take(`key ${perMinute}`, perMinute)).ok) passed++;
      expect(passed).toBe(perMinute);
    }
  });

  it('goes on from what another has counted', async () => {
    let now = 5;
    const limiter = new MemoryRateLimiter(() => now);
    limiter.adopt('a', 59_000);
    expect((await limiter.take('a', 60)).ok).toBe(true);
    expect(await limiter.take('a', 60)).toEqual({ ok: false, retryAfterMs: 1_000 });
    now += 1_000;
    expect((await limiter.take('a', 60)).ok).toBe(true);
    // Who has counted less knows less.
    limiter.adopt('a', 1_000);
    expect((await limiter.take('a', 60)).ok).toBe(false);
  });

  it('does not grow with the number of strangers, and forgets the longest unseen first', async () => {
    const limiter = new MemoryRateLimiter(() => 0);
    await limiter.take('regular', 1);
    for (let i = 0; i < 9_999; i++) await limiter.take(`stranger ${i}`, 1);
    expect((await limiter.take('regular', 1)).ok).toBe(false);
    for (let i = 0; i < 50_000; i++) await limiter.take(`more ${i}`, 1);
    expect((await limiter.take('regular', 1)).ok).toBe(true);
  });
});

@Scopes('read')
@Controller('things')
class ThingsController {
  @Get()
  list() {
    return {};
  }
  @Get('open')
  @Public()
  open() {
    return {};
  }
}

describe('the limit of the API', () => {
  let test: TestApp;
  afterEach(() => test.app.close());

  const start = async (limit: string, providers: object[] = []) => {
    test = await startTestApp({
      controllers: [ThingsController],
      env: { API_RATE_LIMIT: limit },
      providers: providers as never,
    });
  };
  const statuses = async (times: number, url: string, headers: Record<string, string>) => {
    const all = [];
    for (let i = 0; i < times; i++) all.push((await test.app.inject({ url, headers })).statusCode);
    return all;
  };
  const things = '/api/v1/things';

  it('counts by token, not by address or header, and says when to come back', async () => {
    await start('2');
    const read = { 'x-api-token': 'read-token' };
    expect(await statuses(2, things, read)).toEqual([200, 200]);
    const refused = await test.app.inject({ url: things, headers: { ...read, 'x-forwarded-for': '1.2.3.4' } });
    expect(refused.statusCode).toBe(429);
    expect(refused.json()).toMatchObject({ code: 'rate_limited' });
    expect(Number(refused.headers['retry-after'])).toBeGreaterThanOrEqual(29);
    expect(await statuses(1, things, { 'x-api-token': 'admin-token' })).toEqual([200]);
    expect(await statuses(3, `${things}/open`, {})).toEqual([200, 200, 200]);
  });

  it('counts calls without a valid token by address; a good token from there still works', async () => {
    await start('2');
    const spoofed = (n: number) => ({ 'x-api-token': 'wrong', 'x-forwarded-for': `1.2.3.${n}` });
    expect(await statuses(1, things, spoofed(1))).toEqual([401]);
    expect(await statuses(1, things, {})).toEqual([401]);
    expect(await statuses(1, things, spoofed(2))).toEqual([429]);
    expect(await statuses(1, things, { 'x-api-token': 'read-token' })).toEqual([200]);
  });

  it('is off at 0', async () => {
    await start('0');
    expect(new Set(await statuses(50, things, { 'x-api-token': 'read-token' }))).toEqual(new Set([200]));
    expect(new Set(await statuses(50, things, {}))).toEqual(new Set([401]));
  });

  it('is counted by the limiter that the app provides', async () => {
    const asked: string[] = [];
    class SharedLimiter extends RateLimiter {
      async take(key: string) {
        asked.push(key);
        return { ok: false, retryAfterMs: 7_000 };
      }
    }
    await start('5', [{ provide: RateLimiter, useClass: SharedLimiter }]);
    const answer = await test.app.inject({ url: things, headers: { 'x-api-token': 'read-token' } });
    expect([answer.statusCode, answer.headers['retry-after']]).toEqual([429, '7']);
    expect(asked).toEqual(['token:id-of-read']);
  });

  it('believes X-Forwarded-For of the proxies that are named, and no further', async () => {
    test = await startTestApp({
      controllers: [ThingsController],
      env: { API_RATE_LIMIT: '1', API_TRUSTED_PROXIES: '1' },
    });
    const from = (forwarded: string) => statuses(1, things, { 'x-forwarded-for': forwarded });
    expect(await from('1.1.1.1')).toEqual([401]);
    expect(await from('9.9.9.9, 1.1.1.1')).toEqual([429]);
    expect(await from('2.2.2.2')).toEqual([401]);
  });
});
