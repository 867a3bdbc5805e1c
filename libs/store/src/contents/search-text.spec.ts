import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { foldWidth } from './fold-text.ts';
import { containsPattern, searchIndex, searchWords } from './search-text.ts';

const row = { title: null, description: null, author: null, tags: [], site_name: null, body_text: null };

describe('search text', () => {
  it('folds what it holds, and keeps fields and sections apart', () => {
    const full = {
      title: 'Ｆｕｌｌ',
      description: 'D',
      author: 'ÄNN',
      tags: ['One', 'two'],
      site_name: 'S',
      body_text: 'B',
    };
    expect(searchIndex(full).text).toBe('full\u001eann\none\ntwo\u001ed\ns\nb');
    expect(searchIndex({ ...row, tags: ['tag'] }).text).toBe('\u001etag\u001e');
    expect(searchIndex({ ...row, title: 'a\u001eb', body_text: 'c\u001ed' }).text).toBe('a b\u001e\u001ec d');
  });

  it('has the same hash for the same text only', () => {
    expect(searchIndex({ ...row, title: 'a' }).hash).toBe(searchIndex({ ...row, title: 'A' }).hash);
    expect(searchIndex({ ...row, title: 'a' }).hash).not.toBe(searchIndex({ ...row, title: 'b' }).hash);
    expect(searchIndex(row).hash).toMatch(/^v2:[0-9a-f]{64}$/);
  });

  it('splits a query into words at any white space, and blank ones into none', () => {
    expect(searchWords('  Two\u3000WORDS\n')).toEqual(['two', 'words']);
    expect(searchWords(' \t')).toEqual([]);
    expect(searchWords('a\u001eb')).toEqual(['a', 'b']);
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (query) => {
        expect(searchWords(query, foldWidth)).toHaveLength(searchWords(query).length);
      }),
    );
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
