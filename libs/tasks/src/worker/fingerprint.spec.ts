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

  it.each([
    ['a.test answered 401', 'a.test answered 403'],
    ['a.test answered 400', 'a.test answered 422'],
    ['HTTP 404 from https://a.test/p/17', 'HTTP 410 from https://a.test/p/17'],
    ['upload refused (status code: 400)', 'upload refused (status code: 413)'],
  ])('differs for "%s" and "%s": a status 4xx says what is wrong with the request', (one, other) => {
    expect(of(one)).not.toBe(of(other));
  });

  it.each([
    ['a7.test answered 401', 'a8.test answered 401'],
    ['GitHub answered 403: limit 60', 'GitHub answered 403: limit 5000'],
    ['a.test answered 500', 'a.test answered 503'],
    ['content 401 is gone', 'content 403 is gone'],
    ['answered 4011 calls', 'answered 4031 calls'],
    ['waited 401.5 s', 'waited 403.5 s'],
  ])('is the same for "%s" and "%s"', (one, other) => {
    expect(of(one)).toBe(of(other));
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
