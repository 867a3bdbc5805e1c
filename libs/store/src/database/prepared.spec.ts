import { describe, expect, it } from '@jest/globals';
import { PreparedStatements } from './prepared.ts';

const nameIn = (prepared: PreparedStatements, text: string) => prepared.named({ text }).name;
const use = (prepared: PreparedStatements, text: string, times: number) =>
  Array.from({ length: times }, () => nameIn(prepared, text));

describe('prepared statements', () => {
  it('get a name of their own once they come again and again', () => {
    const prepared = new PreparedStatements();
    expect(use(prepared, 'SELECT 1', 5)).toEqual([undefined, undefined, undefined, 'vs_0_1', 'vs_0_1']);
    expect(use(prepared, 'SELECT 2', 4).at(-1)).toBe('vs_0_2');
  });

  it('are none that look for some rows out of many', () => {
    expect(use(new PreparedStatements(), 'SELECT 1 FROM contents ORDER BY id LIMIT $1', 9).at(-1)).toBeUndefined();
  });

  it('leaves everything else of a statement as it is', () => {
    const prepared = new PreparedStatements();
    use(prepared, 'SELECT $1', 3);
    expect(prepared.named({ text: 'SELECT $1', values: [1] })).toEqual({
      text: 'SELECT $1',
      values: [1],
      name: 'vs_0_1',
    });
  });

  it('are bounded in number, and so is what is remembered of the others', () => {
    const prepared = new PreparedStatements();
    for (let index = 0; index < 10_000; index++) nameIn(prepared, `SELECT ${index}`);
    expect(use(prepared, 'SELECT again', 4).at(-1)).toBe('vs_0_1');
    for (let index = 0; index < 1_000; index++) use(prepared, `SELECT often ${index}`, 3);
    expect(use(prepared, 'SELECT late', 5).at(-1)).toBeUndefined();
    expect(nameIn(prepared, 'SELECT again')).toBe('vs_0_1');
  });

  it('get other names after a migration has changed what they answer, and after nothing else', () => {
    const prepared = new PreparedStatements();
    use(prepared, 'SELECT a', 3);
    expect(prepared.outdatedBy(new Error('cached plan must not change result type'))).toBe(false);
    expect(prepared.outdatedBy(Object.assign(new Error('cannot do that'), { code: '0A000' }))).toBe(false);
    expect(nameIn(prepared, 'SELECT a')).toBe('vs_0_1');
    const error = Object.assign(new Error('cached plan must not change result type'), { code: '0A000' });
    // As Prisma wraps it, and once more for a statement that was under way.
    expect(
      prepared.outdatedBy(
        Object.assign(new Error('no'), { cause: { originalCode: '0A000', originalMessage: error.message } }),
      ),
    ).toBe(true);
    expect(prepared.outdatedBy(error)).toBe(true);
    expect(use(prepared, 'SELECT a', 4).at(-1)).toBe('vs_1_1');
  });
});
