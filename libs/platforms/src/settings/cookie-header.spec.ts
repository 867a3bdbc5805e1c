import { describe, expect, it } from '@jest/globals';
import { cookieHeader, cookieHeaderSetting } from './cookie-header.ts';
import { settingFacts } from './setting-facts.ts';

const setting = cookieHeaderSetting('Cookies.');

describe('S22: cookies as one setting', () => {
  it.each(['a=1', 'a=1; b=2', 'a=1;b=2;', ' d_c0="A=|1"; z_c0=2|1:0|10:1; x= ', 'a=%2C,1'])('%j are some', (value) => {
    expect(setting.parse(value)).toBe(value.trim());
  });

  it.each([
    '',
    'a',
    'SUB',
    '=1',
    'a=1;;b=2',
    'a=x y',
    'a=1\r\nx: y',
    'a=1\u0000',
    'ä=1',
    'a=灯',
    `a=${'x'.repeat(9_000)}`,
  ])('%j are none', (value) => expect(setting.safeParse(value).success).toBe(false));

  it('are a secret', () => expect(settingFacts.get(setting)).toEqual({ description: 'Cookies.', secret: true }));

  it('takes no time for what is none', () => {
    expect(setting.safeParse(`${'a=;'.repeat(2_700)}!`).success).toBe(false);
    expect(setting.safeParse(`${'a'.repeat(8_000)} `).success).toBe(false);
  });

  it.each([
    ['https://weibo.com/a', { cookie: 'a=1' }],
    ['https://m.weibo.com/a', { cookie: 'a=1' }],
    ['http://weibo.com/a', {}],
    ['https://weibo.com.evil.test/a', {}],
    ['https://notweibo.com/a', {}],
  ])('go to %s as %j', (url, header) => expect(cookieHeader(new URL(url), 'a=1', ['weibo.com'])).toEqual(header));

  it('are not sent when there are none', () => {
    expect(cookieHeader(new URL('https://weibo.com/'), undefined, ['weibo.com'])).toEqual({});
  });
});
