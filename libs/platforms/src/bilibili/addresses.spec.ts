import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { identify } from '../registry.ts';
import { bilibili } from './bilibili.platform.ts';
import { avToBv } from './bv.ts';

const video = 'https://www.bilibili.com/video/BV17x411w7KC';
const short = 'https://b23.tv/AbC1dEf';

describe('identify: one address for a video, however it is written', () => {
  it.each([
    // hosts and schemes
    ['https://www.bilibili.com/video/BV17x411w7KC', video],
    ['https://www.bilibili.com/video/BV17x411w7KC/', video],
    ['http://www.bilibili.com/video/BV17x411w7KC', video],
    ['https://m.bilibili.com/video/BV17x411w7KC', video],
    ['https://bilibili.com/video/BV17x411w7KC', video],
    ['bilibili.com/video/BV17x411w7KC', video],
    ['HTTPS://WWW.BILIBILI.COM/video/BV17x411w7KC', video],
    ['https://www.bilibili.com./video/BV17x411w7KC', video],
    ['https://www.bilibili.com:443/video/BV17x411w7KC', video],
    // other spellings of the id
    ['https://www.bilibili.com/video/av170001', video],
    ['https://www.bilibili.com/video/AV170001/', video],
    ['https://www.bilibili.com/video/bv17x411w7KC', video],
    ['https://www.bilibili.com/video/%42V17x411w7KC', video],
    ['https://www.bilibili.com/s/video/BV17x411w7KC', video],
    ['https://m.bilibili.com/s/video/av170001', video],
    // what comes along with a share
    [`${video}?spm_id_from=333.1007&vd_source=abc`, video],
    [`${video}/?share_source=copy_web&unique_k=x#reply123`, video],
    [`${video}?t=30`, video],
    [`${video}?p=1`, video],
    [`${video}?p=0`, video],
    [`${video}?p=two`, video],
    [`${video}?p=9999999`, video],
    [`${video}?p=2`, `${video}?p=2`],
    [`${video}?vd_source=abc&p=02`, `${video}?p=2`],
    ['https://www.bilibili.com/video/av170001?p=12&t=1', `${video}?p=12`],
    [`【灯塔-哔哩哔哩】 ${video}?vd_source=abc`, video],
    // other pages that show it
    ['https://player.bilibili.com/player.html?bvid=BV17x411w7KC&page=2', `${video}?p=2`],
    ['https://player.bilibili.com/player.html?aid=170001&cid=5', video],
    ['https://www.bilibili.com/list/watchlater?oid=1&bvid=BV17x411w7KC', video],
    ['https://www.bilibili.com/festival/spring?bvid=BV17x411w7KC', video],
    // short links
    ['https://b23.tv/BV17x411w7KC', video],
    ['https://b23.tv/av170001?p=3', `${video}?p=3`],
    ['http://b23.tv/AbC1dEf', short],
    ['b23.tv/AbC1dEf', short],
    ['https://b23.tv/AbC1dEf/?share_medium=android', short],
    ['【标题】 https://b23.tv/AbC1dEf ，快看', short],
    // bare ids
    ['BV17x411w7KC', video],
    ['  bv17x411w7KC ', video],
    ['av170001', video],
    ['AV2', 'https://www.bilibili.com/video/BV1xx411c7mD'],
    ['看看 BV1xx411c7mD 不错', 'https://www.bilibili.com/video/BV1xx411c7mD'],
    ['看看BV1xx411c7mD，不错', 'https://www.bilibili.com/video/BV1xx411c7mD'],
    ['BV17x\u200B411w7KC', video],
    ['the old one (av170001).', video],
  ])('%s', (input, url) => {
    expect(identify(input)).toMatchObject({ platform: 'bilibili', url });
  });

  it('tells the id where the address has one', () => {
    expect(identify('av170001')).toEqual({
      platform: 'bilibili',
      url: video,
      platformId: 'BV17x411w7KC',
      contentType: 'video',
    });
    expect(identify(short)).toEqual({ platform: 'bilibili', url: short, platformId: null, contentType: null });
  });

  it.each([
    'https://bilibili.com.evil.test/video/BV17x411w7KC',
    'https://notbilibili.com/video/BV17x411w7KC',
    'https://evil.test/?u=https://www.bilibili.com/video/BV17x411w7KC',
    'https://evil.test/www.bilibili.com/video/BV17x411w7KC',
    'https://b23.tv.evil.test/AbC1dEf',
    'https://notb23.tv/AbC1dEf',
    'https://www.bilibili.com:8443/video/BV17x411w7KC',
    'https://evil.bilibili.com/video/BV17x411w7KC',
    'https://space.bilibili.com/2',
    'https://live.bilibili.com/3',
    'https://t.bilibili.com/933099353259638816',
    'https://www.bilibili.com/opus/933099353259638816',
    'https://www.bilibili.com/read/cv123',
    'https://www.bilibili.com/bangumi/play/ep1',
    'https://www.bilibili.com/video/BV17x411w7K0',
    'https://www.bilibili.com/video/BV17x411w7KCC',
    'https://www.bilibili.com/video/av0',
    'https://www.bilibili.com/video/av99999999999999999',
    'https://www.bilibili.com/',
    'https://b23.tv/',
    'https://b23.tv/ep12345',
    'https://b23.tv/cv123/',
    'cv123',
  ])('web keeps %s', (input) => {
    expect(identify(input).platform).toBe('web');
  });

  it.each(['AV1 is a codec', 'photo_av170001.jpg', 'BV17x411w7K0', 'XBV17x411w7KC', 'av0', 'me@av170001', 'av'])(
    'there is nothing to keep in %j',
    (input) => {
      expect(() => identify(input)).toThrow(expect.objectContaining({ name: 'InvalidInput' }));
    },
  );

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
});
