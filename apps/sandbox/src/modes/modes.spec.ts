import { once } from 'node:events';
import { request } from 'node:http';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { startSandbox, type Sandbox } from '../sandbox.ts';

let sandbox: Sandbox;
beforeAll(async () => {
  sandbox = await startSandbox();
});
afterEach(() => sandbox.reset());
afterAll(() => sandbox.stop());

const page = '/news.example.com/2026/03/night-ferry';
const picture = '/news.example.com/pictures/gulls-480x320.jpg';
const get = (path: string, mode?: string) =>
  fetch(`${sandbox.url}${path}`, { headers: mode === undefined ? {} : { 'x-sandbox': mode } });
const bytes = async (answer: Promise<Response>) => Buffer.from(await (await answer).arrayBuffer());

/** What becomes of a request whose answer may never come: the error, or the time-out of our own. */
const fate = async (mode: string, path = page): Promise<string> => {
  try {
    const signal = AbortSignal.timeout(1_000);
    const response = await fetch(`${sandbox.url}${path}`, { headers: { 'x-sandbox': mode }, signal });
    await response.arrayBuffer();
    return `answered ${response.status}`;
  } catch (error) {
    const { name, cause } = error as Error & { cause?: { code?: string } };
    return cause?.code ?? name;
  }
};

describe('error modes', () => {
  it.each(['403', '404', '500', '503'])('%s instead of the answer', async (mode) => {
    expect((await get(page, mode)).status).toBe(Number(mode));
    expect(sandbox.journal.list()).toMatchObject([{ mode, effect: false, status: Number(mode) }]);
  });

  it('come by header, by path and by control, so many times and then no more', async () => {
    sandbox.spoil({ path: 'night-ferry', mode: '500x2' });
    const byPath = page.replace('.com/', '.com/~503x1/');
    const statuses = [];
    for (const [path, mode] of [[page], [page], [page], [page, '404x1'], [page, '404x1'], [byPath], [byPath]] as const)
      statuses.push((await get(path, mode)).status);
    expect(statuses).toEqual([500, 500, 200, 404, 200, 503, 200]);
  });

  it('tell how long to wait', async () => {
    const response = await get(page, '429:7');
    expect([response.status, response.headers.get('retry-after')]).toEqual([429, '7']);
  });

  it('say so when there is no such mode', async () => {
    expect((await get(page, 'tired')).status).toBe(400);
    expect(() => sandbox.spoil({ mode: '200' })).toThrow(RangeError);
  });

  it.each([
    ['timeout-before', 'TimeoutError', false],
    ['timeout-after', 'TimeoutError', true],
    ['reset', 'ECONNRESET', false],
    ['reset-after', 'ECONNRESET', true],
  ])('%s', async (mode, expected, effect) => {
    const { telegram } = sandbox;
    const path = `/api.telegram.org/bot${telegram.token}/sendMessage?chat_id=${telegram.channel}&text=x`;
    expect(await fate(mode, path)).toBe(expected);
    expect(telegram.messages.list()).toHaveLength(effect ? 1 : 0);
    expect(sandbox.journal.list()).toMatchObject([{ mode, effect, status: null }]);
  });

  it('spoil pictures', async () => {
    const whole = await bytes(get(picture));
    const broken = await bytes(get(picture, 'broken-image'));
    expect(broken).toHaveLength(whole.length);
    expect(broken.subarray(0, 4)).toEqual(whole.subarray(0, 4));
    expect(broken).not.toEqual(whole);
    expect(await bytes(get(picture, 'truncated-image'))).toEqual(whole.subarray(0, Math.floor(whole.length / 2)));
    expect((await bytes(get(picture, 'wrong-type'))).toString()).toContain('<!doctype html>');
    expect(await fate('cut-body', picture)).not.toMatch(/^answered/);
  });

  it('send bodies that are slow, endless or far larger than they look', async () => {
    expect(await fate('slow-body:2000')).toBe('TimeoutError');
    const bomb = await get(page, 'gzip-bomb:16');
    expect([bomb.headers.get('content-encoding'), Number(bomb.headers.get('content-length')) < 20_000]).toEqual([
      'gzip',
      true,
    ]);
    expect((await bomb.arrayBuffer()).byteLength).toBe(16 * 1_048_576);

    const call = request(`${sandbox.url}${page}`, { headers: { 'x-sandbox': 'endless-body' } }).end();
    const [response] = (await once(call, 'response')) as [import('node:http').IncomingMessage];
    let size = 0;
    for await (const chunk of response) if ((size += (chunk as Buffer).length) > 5_000_000) break;
    expect(size).toBeGreaterThan(5_000_000);
  });
});
