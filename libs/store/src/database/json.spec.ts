import { describe, expect, it } from '@jest/globals';
import { toJson } from './json.ts';

describe('toJson', () => {
  it('drops what jsonb cannot hold, in values and in keys', () => {
    expect(toJson({ 'a\u0000': ['b\u0000', { 'c\ud800': 1 }], d: undefined })).toEqual({ a: ['b', { 'c\ufffd': 1 }] });
  });

  it('writes dates as text', () => {
    expect(toJson({ at: new Date(0) })).toEqual({ at: '1970-01-01T00:00:00.000Z' });
  });
});
