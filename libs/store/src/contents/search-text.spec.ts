import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { containsPattern, searchIndex, searchWords } from './search-text.ts';

const row = { title: null, description: null, author: null, tags: [], site_name: null, body_text: null };

describe('search text', () => {
  it('folds case and width, and keeps fields apart', () => {
    expect(searchIndex({ ...row, title: 'Ｆｕｌｌ', author: 'ÄNN', tags: ['One', 'two'] }).text).toBe(
      'full\nänn\none\ntwo',
    );
  });

  it('has the same hash for the same text only', () => {
    expect(searchIndex({ ...row, title: 'a' }).hash).toBe(searchIndex({ ...row, title: 'A' }).hash);
    expect(searchIndex({ ...row, title: 'a' }).hash).not.toBe(searchIndex({ ...row, title: 'b' }).hash);
    expect(searchIndex(row).hash).toMatch(/^[0-9a-f]{64}$/);
  });

  it('splits a query into words at any white space, and blank ones into none', () => {
    expect(searchWords('  Two\u3000WORDS\n')).toEqual(['two', 'words']);
    expect(searchWords(' \t')).toEqual([]);
  });

  it('escapes everything that LIKE would read as a pattern', () => {
    expect(containsPattern('a%b_c\\d')).toBe('%a\\%b\\_c\\\\d%');
    fc.assert(
      fc.property(fc.string(), (word) => {
        const inner = containsPattern(word).slice(1, -1);
        expect(inner.replace(/\\([\\%_])/g, '$1')).toBe(word);
        expect(inner.replace(/\\[\\%_]/g, '')).not.toMatch(/[\\%_]/);
      }),
    );
  });
});
