import { describe, expect, it } from '@jest/globals';
import { InvalidInput } from '@vaultstream/contracts';
import { blobKey, parseBlobKey } from './blob-key.ts';

const sha256 = `0a1b${'c'.repeat(60)}`;

describe('blob keys', () => {
  it('behaviour 20: names the first two byte pairs and the hash', () => {
    expect(blobKey(sha256, 'webp')).toBe(`blobs/sha256/0a/1b/${sha256}.webp`);
    expect(parseBlobKey(blobKey(sha256, 'webp'))).toBe(sha256);
  });

  it('refuses what is no hash or no extension', () => {
    expect(() => blobKey('abc', 'webp')).toThrow(InvalidInput);
    expect(() => blobKey(sha256.toUpperCase(), 'webp')).toThrow(InvalidInput);
    expect(() => blobKey(sha256, '')).toThrow(InvalidInput);
    expect(() => blobKey(sha256, 'a/b')).toThrow(InvalidInput);
  });

  it('is null for a key whose folders are not those of its hash', () => {
    expect(parseBlobKey(`blobs/sha256/0a/1c/${sha256}.webp`)).toBeNull();
  });
});
