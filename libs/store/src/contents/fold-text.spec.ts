import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { foldText } from './fold-text.ts';

describe('foldText', () => {
  it.each([
    ['LighTHouse', 'lighthouse'],
    ['Ｆｕｌｌ　ｗｉｄｔｈ', 'full width'],
    ['ｶﾞｰﾃﾞﾝ', 'ガーデン'],
    ['Café', 'cafe'],
    ['CAFÉ', 'cafe'],
    ['cafe\u0301', 'cafe'],
    ['Ｃａｆé', 'cafe'],
    ['Straße STRASSE', 'strasse strasse'],
    ['Łódź', 'lodz'],
    ['Ærøskøbing', 'aeroskobing'],
    ['Đà Nẵng', 'da nang'],
    ['İstanbul ISPARTA ısı', 'istanbul isparta isi'],
    ['œuvre ﬁn', 'oeuvre fin'],
    ['ΟΔΟΣ οδός', 'οδοσ οδόσ'],
    ['naïve ångström señor', 'naive angstrom senor'],
  ])('%s is %s', (text, folded) => {
    expect(foldText(text)).toBe(folded);
  });

  it.each(['がぎ', 'パン', 'й', 'ё', 'ή', 'שָׁלוֹם', 'हिन्दी', '한국어', 'ไทย้'])(
    'keeps marks that are part of a letter: %s',
    (text) => {
      expect(foldText(text)).toBe(text.normalize('NFKC').toLowerCase());
    },
  );

  it('is the same for what is folded already', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        expect(foldText(foldText(text))).toBe(foldText(text));
      }),
    );
  });

  it('folds each line by itself: what stands beside a word makes no difference to it', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), fc.string({ unit: 'binary' }), (one, other) => {
        expect(foldText(`${one}\n${other}`)).toBe(`${foldText(one)}\n${foldText(other)}`);
      }),
    );
  });

  it('takes a long text in no time', () => {
    const text = 'Ça va très bien. '.repeat(20_000) + 'e' + '\u0301'.repeat(200_000);
    const began = performance.now();
    expect(foldText(text)).toMatch(/^ca va tres bien\. .*e$/);
    expect(performance.now() - began).toBeLessThan(2_000);
  });
});
