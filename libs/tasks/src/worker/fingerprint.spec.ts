import { describe, expect, it } from '@jest/globals';
import { fingerprint } from './fingerprint.ts';

const of = (message: string, task = 'content.parse', type = 'NetworkError') => fingerprint(task, type, message);

describe('the fingerprint of a dead letter', () => {
  it.each([
    ['HTTP 502 from https://a.test/p/17?x=1', 'HTTP 503 from http://b.test/other'],
    ['content 42 is gone', 'content 43211 is gone'],
    ['blob deadbeef0123 differs', 'blob 0123456789abcdef differs'],
    ['row 0190f6a0-1111-7000-8000-000000000001', 'row 0190F6A0-2222-7000-8000-00000000000F'],
    ['took 1.25 s', 'took  9 s '],
  ])('is the same for "%s" and "%s"', (one, other) => {
    expect(of(one)).toBe(of(other));
    expect(of(one)).toMatch(/^[0-9a-f]{16}$/);
  });

  it('differs by task, by type and by what happened', () => {
    const prints = [
      of('reset'),
      of('refused'),
      of('reset', 'media.archive'),
      of('reset', 'content.parse', 'UpstreamError'),
    ];
    expect(new Set(prints).size).toBe(4);
  });

  it('keeps words that only look like hex', () => {
    expect(of('facade defaced')).not.toBe(of('deadbeef effaced'));
  });
});
