import { describe, expect, it } from '@jest/globals';
import { withoutValues } from './watch-statements.ts';

describe('withoutValues', () => {
  it.each([
    ["SELECT * FROM t WHERE a = 'secret' AND b = $1", 'SELECT * FROM t WHERE a = ? AND b = $1'],
    ["SELECT 'it''s' , E'a\\'b', 42, 3.14, x1 FROM t2", 'SELECT ? , ?, ?, ?, x1 FROM t2'],
    ['SELECT $body$ a secret $body$, $$ another $$', 'SELECT ?, ?'],
    ['SELECT 1\n  FROM t\n LIMIT 20', 'SELECT ? FROM t LIMIT ?'],
    ["UPDATE api_tokens SET hash = 'x' WHERE id = $12::uuid", 'UPDATE api_tokens SET hash = ? WHERE id = $12::uuid'],
  ])('%s', (statement, told) => {
    expect(withoutValues(statement)).toBe(told);
  });

  it('is cut', () => {
    expect(withoutValues(`SELECT ${'a, '.repeat(1_000)}b`)).toHaveLength(1_000);
  });
});
