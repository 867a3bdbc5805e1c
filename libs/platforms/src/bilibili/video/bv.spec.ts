import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { avToBv, bvToAv } from './bv.ts';

describe('av and BV', () => {
  it.each([
    [170_001n, 'BV17x411w7KC'],
    [2n, 'BV1xx411c7mD'],
    [111_298_867_365_120n, 'BV1L9Uoa9EUx'],
  ])('av%d is %s', (av, bv) => {
    expect(avToBv(av)).toBe(bv);
    expect(bvToAv(bv)).toBe(av);
  });

  it('every number has one BV id, which leads back to it', () => {
    fc.assert(
      fc.property(fc.bigInt({ min: 1n, max: 2n ** 51n - 1n }), (av) => {
        const bv = avToBv(av) ?? '';
        expect(bv).toMatch(/^BV1[1-9A-HJ-NP-Za-km-z]{9}$/);
        expect(bvToAv(bv)).toBe(av);
        expect(bvToAv(bv.replace('BV', 'bv'))).toBe(av);
      }),
    );
  });

  it('what looks like a BV id is that of its own number, or none', () => {
    const digits = fc.string({
      unit: fc.constantFrom(...'123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz'),
      minLength: 9,
      maxLength: 9,
    });
    fc.assert(
      fc.property(digits, (text) => {
        const av = bvToAv(`BV1${text}`);
        expect(av === null ? `BV1${text}` : avToBv(av)).toBe(`BV1${text}`);
      }),
    );
  });

  it('agrees with the scheme of 2020 on all ids of its time', () => {
    fc.assert(
      fc.property(fc.bigInt({ min: 1n, max: 2n ** 30n - 1n }), (av) => {
        expect(avToBv(av)).toBe(schemeOf2020(av));
      }),
    );
  });

  it.each(['', 'BV', 'BV17x411w7K', 'BV17x411w7KCC', 'BV17x411w7K0', 'BV27x411w7KC', 'XV17x411w7KC', 'BV1ZZZZZZZZZ'])(
    '%j is no BV id',
    (text) => {
      expect(bvToAv(text)).toBeNull();
    },
  );

  it.each([0n, -1n, 2n ** 51n, 10n ** 30n])('there is no av%d', (av) => {
    expect(avToBv(av)).toBeNull();
  });
});

/** Another formula for the same ids: a sum with a constant, its ten base-58 digits put in their places. */
function schemeOf2020(av: bigint): string {
  const table = 'fZodR9XQDSUm21yCkr6zBqiveYah8bt4xsWpHnJE7jL5VG3guMTKNPAwcF';
  let rest = (av ^ 177_451_812n) + 100_618_342_136_696_320n;
  const digits: string[] = [];
  for (const place of [9, 8, 1, 6, 2, 4, 0, 7, 3, 5]) {
    digits[place] = table.charAt(Number(rest % 58n));
    rest /= 58n;
  }
  return `BV${digits.join('')}`;
}
