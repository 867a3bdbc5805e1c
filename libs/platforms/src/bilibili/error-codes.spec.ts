import { describe, expect, it } from '@jest/globals';
import { errorOfCode } from './error-codes.ts';

describe('codes of bilibili', () => {
  it.each([
    ['NotFound', [-400, -404, -626, 62003, 62004, 4101147, 60004]],
    ['AccessDenied', [-101, -102, -106, -401, -403, -650, -688, -689, 62002, 62012]],
    ['RateLimited', [-105, -352, -412, -509, -799]],
    ['UpstreamError', [-112, -500, -503, -504, -8888, 500, 1, 12345]],
  ])('mean %s', (name, codes) => {
    for (const code of codes) expect(errorOfCode(code, 'x')).toMatchObject({ name });
  });

  it('say what Bilibili said, cleaned, and nothing where it said nothing', () => {
    expect(errorOfCode(-404, '啥都\u202e木有\n').message).toBe('Bilibili answered code -404: 啥都木有');
    expect(errorOfCode(-404, { a: 1 }).message).toBe('Bilibili answered code -404');
    expect(errorOfCode(-352, '', { retryAfterMs: 5_000 }).retryAfterMs).toBe(5_000);
  });
});
