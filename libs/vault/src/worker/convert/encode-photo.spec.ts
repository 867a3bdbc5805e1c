import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { photoBox } from './encode-photo.ts';

describe('photoBox', () => {
  it.each([
    [640, 480, { width: 640, height: 480 }],
    [1, 1, { width: 1, height: 1 }],
    [8_000, 4_000, { width: 6_665, height: 3_332 }],
    [4_000, 100, { width: 4_000, height: 200 }],
    [10, 16_000, { width: 477, height: 9_521 }],
  ])('of %i x %i is what Telegram takes', (width, height, box) => {
    expect(photoBox(width, height)).toEqual(box);
  });

  it('keeps within the sum of edges and the ratio, never enlarges, and never turns a picture, whatever its size', () => {
    const edge = fc.integer({ min: 1, max: 16_383 });
    fc.assert(
      fc.property(edge, edge, fc.constantFrom(1, 0.5, 0.25), (width, height, scale) => {
        const box = photoBox(width, height, scale);
        expect(box.width + box.height).toBeLessThanOrEqual(10_000);
        expect(Math.max(box.width, box.height) / Math.min(box.width, box.height)).toBeLessThanOrEqual(20);
        expect(Math.max(box.width, box.height)).toBeLessThanOrEqual(Math.max(width, height));
        if (width > height) expect(box.width).toBeGreaterThanOrEqual(box.height);
      }),
    );
  });
});
