import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { compareEventCursors, formatEventCursor, parseEventCursor } from './event-cursor.ts';

const cursor = fc.record({ xid: fc.bigInt(0n, 2n ** 64n - 1n), id: fc.bigInt(0n, 2n ** 63n - 1n) });

describe('event cursors', () => {
  it('come back as they went out', () => {
    fc.assert(fc.property(cursor, (value) => expect(parseEventCursor(formatEventCursor(value))).toEqual(value)));
  });

  it('A10: refuses what is none', () => {
    const forged = [
      '',
      '1',
      '-',
      '1-',
      '-1',
      '1-1-1',
      'a-b',
      '1.0-2',
      ' 1-2',
      '1-2 ',
      '1_0-2',
      '0x1-2',
      '99999999999999999999-1',
      '1-9999999999999999999',
      "1-1'; --",
      '１-２',
    ];
    for (const text of forged) expect([text, parseEventCursor(text)]).toEqual([text, null]);
  });

  it('order by transaction, then by id', () => {
    fc.assert(
      fc.property(cursor, cursor, (a, b) => {
        expect(Math.sign(compareEventCursors(a, b))).toBe(-Math.sign(compareEventCursors(b, a)) + 0);
        expect(compareEventCursors(a, b) === 0).toBe(formatEventCursor(a) === formatEventCursor(b));
      }),
    );
    expect(compareEventCursors({ xid: 2n, id: 9n }, { xid: 10n, id: 1n })).toBeLessThan(0);
  });
});
