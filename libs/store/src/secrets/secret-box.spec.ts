import { randomBytes } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import { SecretBox, SecretError } from './secret-box.ts';

const place = { table: 'targets', row: '1', column: 'secret_cipher' };

describe('SecretBox', () => {
  it('opens what it sealed', () => {
    const box = new SecretBox([randomBytes(32)]);
    expect(box.open(box.seal('whsec_päß', place), place)).toBe('whsec_päß');
  });

  it('A17: refuses a flipped bit, another row, another column and an unknown key', () => {
    const box = new SecretBox([randomBytes(32)]);
    const stored = box.seal('secret', place);
    const parts = stored.split('.');
    const bytes = Buffer.from(parts[3] ?? '', 'base64url');
    bytes.writeUInt8(bytes.readUInt8(0) ^ 1, 0);
    const flipped = [...parts.slice(0, 3), bytes.toString('base64url')].join('.');
    expect(() => box.open(flipped, place)).toThrow(SecretError);
    expect(() => box.open(stored, { ...place, row: '2' })).toThrow(SecretError);
    expect(() => box.open(stored, { ...place, column: 'other' })).toThrow(SecretError);
    expect(() => new SecretBox([randomBytes(32)]).open(stored, place)).toThrow(SecretError);
    expect(() => box.open('garbage', place)).toThrow(SecretError);
  });

  it('A17: reads with an old key after rotation and writes with the new one', () => {
    const [before, after] = [randomBytes(32), randomBytes(32)];
    const stored = new SecretBox([before]).seal('secret', place);
    const rotated = new SecretBox([after, before]);
    expect(rotated.open(stored, place)).toBe('secret');
    expect(() => new SecretBox([before]).open(rotated.seal('new', place), place)).toThrow(SecretError);
  });

  it('A18: never repeats a nonce', () => {
    const box = new SecretBox([randomBytes(32)]);
    const nonces = new Set(Array.from({ length: 20_000 }, () => box.seal('x', place).split('.')[2]));
    expect(nonces.size).toBe(20_000);
  });
});
