import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { bidToMid, midOf, midToBid } from './mid.ts';

describe('the two names of a status', () => {
  it.each([
    ['4910815147462302', 'N4xlMvjhI'], // yt-dlp, extractor/weibo.py
    ['4189191225395228', 'FBqgOmDxO'], // the same
    ['3491273850170657', 'yCirT0Iox'], // gist.github.com/mrluanma/6000424
    ['231101124784859058', 'Bh0tgako3U'], // the same
    ['1000000000000001', 'a00000001'],
  ])('%s is %s', (mid, bid) => {
    expect(midToBid(mid)).toBe(bid);
    expect(bidToMid(bid)).toBe(mid);
    expect([midOf(mid), midOf(bid)]).toEqual([mid, mid]);
  });

  it.each(['', '0', '123456789', '01234567890', '12345678901234567890', '-1234567890', '1e15', '49108151474623O2'])(
    '%j is no number of one',
    (mid) => expect(midToBid(mid)).toBeNull(),
  );

  it.each(['', 'abc', '0CirT0Iox', 'ZZZZZZZZZ', 'yCirT0Iox!', 'yCirT0 ox', 'yCirT0Ioxyz1', '灯塔灯塔灯塔灯塔灯'])(
    '%j is no short name of one',
    (bid) => expect(bidToMid(bid)).toBeNull(),
  );

  it('each number has one short name, and the way back', () => {
    fc.assert(
      fc.property(fc.bigInt(10n ** 9n, 10n ** 18n), (number) => {
        const bid = midToBid(String(number));
        expect(bid).toMatch(/^[1-9a-zA-Z][0-9a-zA-Z]*$/);
        expect(bidToMid(bid ?? '')).toBe(String(number));
      }),
    );
  });

  it('what is taken for a short name is the short name of its number', () => {
    fc.assert(
      fc.property(fc.stringMatching(/^[0-9a-zA-Z]{6,12}$/), (bid) => {
        const mid = bidToMid(bid);
        if (mid !== null) expect(midToBid(mid)).toBe(bid);
      }),
    );
  });
});
