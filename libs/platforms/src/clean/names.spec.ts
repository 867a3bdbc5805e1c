import { describe, expect, it } from '@jest/globals';
import { cleanName, joinNames } from './names.ts';

describe('cleaning of names', () => {
  it.each([
    ['By Mara Quill', 'Mara Quill'],
    ['  by\n Mara   Quill ', 'Mara Quill'],
    ['Written by Mara Quill', 'Mara Quill'],
    ['By: Mara Quill', 'Mara Quill'],
    ['Von Mara Quill', 'Mara Quill'],
    ['作者：林小满', '林小满'],
    ['Mara Quill | The Example Journal', 'Mara Quill'],
    ['Mara Quill • 14 March 2026', 'Mara Quill'],
    ['@maraquill', 'maraquill'],
    ['Byron Quill', 'Byron Quill'],
    ['Vonda Quill', 'Vonda Quill'],
    ['<a href="/mara">Mara &amp; Co</a>', 'Mara & Co'],
    ['Martin Untersinger (avec Damien Leloup)', 'Martin Untersinger (avec Damien Leloup)'],
  ])('%j is %s', (value, expected) => {
    expect(cleanName(value)).toBe(expected);
  });

  it.each([
    '',
    'By',
    'https://example.com/mara',
    'mara@example.com',
    'March 14, 2026',
    'Last Updated: January 7, 2025',
    '42',
    'x'.repeat(300),
    'a '.repeat(40),
    null,
    {},
  ])('is no name: %j', (value) => {
    expect(cleanName(value)).toBeNull();
  });

  it('joins several, each once, within the limit', () => {
    expect(joinNames(['By Mara Quill', 'mara quill', null, 'Osric Tamblyn'])).toBe('Mara Quill, Osric Tamblyn');
    expect(joinNames([])).toBeNull();
    expect(joinNames(Array.from({ length: 50 }, (_, index) => `Person number ${index}`))?.length).toBeLessThanOrEqual(
      200,
    );
  });
});
