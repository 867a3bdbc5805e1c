import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { identify } from '../registry.ts';
import { bilibili } from './bilibili.platform.ts';
import { bilibiliHosts } from './hosts.ts';
import { avToBv } from './video/bv.ts';

/** What the table of `test/urls/bilibili.ts` cannot say. */
describe('addresses of bilibili', () => {
  it.each([
    ['https://www.bilibili.com/video/BV17x411w7KC?p=0', 'https://www.bilibili.com/video/BV17x411w7KC'],
    ['https://www.bilibili.com/video/BV17x411w7KC?p=9999999', 'https://www.bilibili.com/video/BV17x411w7KC'],
    ['https://www.bilibili.com/read/cv00123', 'https://www.bilibili.com/read/cv123'],
    ['https://live.bilibili.com/003', 'https://live.bilibili.com/3'],
  ])('%s', (input, url) => {
    expect(identify(input)).toMatchObject({ platform: 'bilibili', url });
  });

  it.each(['AV1 is a codec', 'XBV17x411w7KC', 'av0', 'cv0', 'av', 'ss1172'])(
    'there is nothing to keep in %j',
    (input) => {
      expect(() => identify(input)).toThrow(expect.objectContaining({ name: 'InvalidInput' }));
    },
  );

  it.each([
    'https://www.bilibili.com/video/BV17x411w7KCC',
    'https://www.bilibili.com/video/av99999999999999999',
    'https://www.bilibili.com/opus/12345',
    'https://www.bilibili.com/opus/933099353259638816123',
    'https://space.bilibili.com/99999999999999999999',
  ])('web keeps %s', (input) => {
    expect(identify(input).platform).toBe('web');
  });

  it('credentials and other schemes are not ours', () => {
    for (const url of ['https://me:x@www.bilibili.com/video/av2', 'ftp://www.bilibili.com/video/av2'])
      expect(bilibili.canonicalize(new URL(url))).toBeNull();
  });

  it('av and BV of every video are one, on every host and with every part', () => {
    const hosts = fc.constantFrom('www.bilibili.com', 'm.bilibili.com', 'bilibili.com');
    const parts = fc.integer({ min: 1, max: 500 });
    fc.assert(
      fc.property(fc.bigInt({ min: 1n, max: 2n ** 51n - 1n }), hosts, parts, (av, host, p) => {
        const one = identify(`https://${host}/video/av${av}?p=${p}`);
        expect(identify(`http://bilibili.com/video/${avToBv(av)}/?p=${p}&vd_source=x`)).toEqual(one);
        expect(identify(one.url)).toEqual(one);
      }),
    );
  });

  it('any path and query on any host of Bilibili has one canonical form at most, which is its own', () => {
    const below = ['', 'www.', 'm.', 't.', 'live.', 'space.', 'bangumi.', 'player.'];
    const host = fc.tuple(fc.constantFrom(...below), fc.constantFrom(...bilibiliHosts)).map((parts) => parts.join(''));
    const word = fc.constantFrom('video', 'read', 'opus', 'bangumi', 'play', 'media', 'list', 'h5', 'space', 'dynamic');
    const id = fc
      .tuple(fc.constantFrom('', 'av', 'BV', 'cv', 'ss', 'ep', 'md'), fc.nat(99_999))
      .map((parts) => parts.join(''));
    const path = fc.array(fc.oneof(word, id, fc.string({ maxLength: 8 })), { maxLength: 4 });
    fc.assert(
      fc.property(host, path, fc.webQueryParameters(), (name, parts, query) => {
        const url = new URL(`https://${name}/${parts.map(encodeURIComponent).join('/')}?${query}`);
        const once = bilibili.canonicalize(url);
        if (once) expect(bilibili.canonicalize(new URL(once.url))).toEqual(once);
      }),
      { numRuns: 300 },
    );
  });
});
