import { describe, expect, it } from '@jest/globals';
import { normalizeSql, splitSql } from './split-sql.ts';

describe('splitSql', () => {
  it.each<[string, string[]]>([
    ['', []],
    ['-- only a comment\n', []],
    ['SELECT 1; SELECT 2', ['SELECT 1;', 'SELECT 2']],
    ["SELECT 'a;b', 'it''s; fine';", ["SELECT 'a;b', 'it''s; fine';"]],
    ['SELECT "a;b";', ['SELECT "a;b";']],
    ['-- why; because\nSELECT 1;', ['-- why; because\nSELECT 1;']],
    ['/* a; b */ SELECT 1;', ['/* a; b */ SELECT 1;']],
    ['DO $$ BEGIN; END $$; SELECT 1;', ['DO $$ BEGIN; END $$;', 'SELECT 1;']],
    ['DO $a$ $$;$$ $a$; SELECT 1;', ['DO $a$ $$;$$ $a$;', 'SELECT 1;']],
  ])('%j', (script, statements) => {
    expect(splitSql(script)).toEqual(statements);
  });

  it('tells two statements to be the same whatever their comments and line breaks', () => {
    expect(normalizeSql('-- one\nCREATE  TABLE a (\n  b int\n);')).toBe(normalizeSql('CREATE TABLE a ( b int );'));
  });
});
