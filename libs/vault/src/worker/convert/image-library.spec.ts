import { describe, expect, it } from '@jest/globals';
import sharp from 'sharp';
import { assertSafeLibvips } from './image-library.ts';

describe('assertSafeLibvips', () => {
  it.each(['8.18.3', '8.18.10', '8.19.0', '9.0.0'])('I15: trusts %s', (version) => {
    expect(() => assertSafeLibvips(version)).not.toThrow();
  });

  it.each(['8.18.2', '8.17.99', '7.99.99', '8.18', '', 'unknown'])('I15: refuses "%s"', (version) => {
    expect(() => assertSafeLibvips(version)).toThrow(/not safe/);
  });

  it('I15: trusts the one that is installed', () => {
    expect(() => assertSafeLibvips(sharp.versions.vips)).not.toThrow();
  });
});
