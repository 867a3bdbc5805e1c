import { describe, expect, it } from '@jest/globals';
import { InvalidInput } from '@vaultstream/contracts';
import { identify, identifyUrl, platformById, platforms } from './registry.ts';
import { isHostOf } from './url/hosts.ts';

describe('the registry', () => {
  it('has each id once, and web as the last', () => {
    const ids = platforms.map(({ id }) => id);
    expect(new Set(ids).size).toBe(ids.length);
    expect(ids.at(-1)).toBe('web');
    expect(platformById('web')?.id).toBe('web');
    expect(platformById('nothing')).toBeUndefined();
  });

  it('gives no host to two platforms, so that their order means nothing', () => {
    const hosts = platforms.flatMap((platform) => platform.hosts);
    const claims = (host: string) => platforms.filter(({ hosts: own }) => isHostOf(host, own)).length;
    expect(hosts.filter((host) => claims(host) !== 1)).toEqual([]);
  });
});

describe('identify', () => {
  it.each([
    ['https://example.com/a', 'https://example.com/a'],
    ['http://example.com/a', 'https://example.com/a'],
    ['HTTPS://EXAMPLE.COM/A', 'https://example.com/A'],
    ['example.com/x', 'https://example.com/x'],
    ['  example.com  ', 'https://example.com/'],
    ['www.example.co.uk/a?b=1.', 'https://www.example.co.uk/a?b=1'],
    ['例え.jp/道', 'https://xn--r8jz45g.jp/%E9%81%93'],
    ['Look at this: https://example.com/a, it is good', 'https://example.com/a'],
    ['(see https://en.wikipedia.org/wiki/Foo_(bar))', 'https://en.wikipedia.org/wiki/Foo_(bar)'],
    ['[a](https://example.com/a).', 'https://example.com/a'],
    ['“https://example.com/a”', 'https://example.com/a'],
    ['<https://example.com/a>', 'https://example.com/a'],
    ['看看这个 https://example.com/a，很好', 'https://example.com/a'],
    ['【标题】https://example.com/a？！', 'https://example.com/a'],
    ['两个（https://example.com/a）', 'https://example.com/a'],
    ['two: http://one.example/1 and http://two.example/2', 'https://one.example/1'],
    ['https://example.com/a!?.,;:)]}', 'https://example.com/a'],
    ['\u200Bhttps://exa\u200Bmple.com/a\uFEFF', 'https://example.com/a'],
    ['https://example.com/a?q=a|b', 'https://example.com/a?q=a|b'],
    ['https://example.com./a', 'https://example.com/a'],
    ['https://x.com.evil.test/a', 'https://x.com.evil.test/a'],
    ['https://example.com/?next=https://weibo.com/1/a', 'https://example.com/?next=https://weibo.com/1/a'],
  ])('understands %s', (input, url) => {
    expect(identify(input)).toEqual({ platform: 'web', url, platformId: null, contentType: null });
  });

  it.each([
    '',
    '   ',
    'hello world',
    'photo.jpg',
    'node.js',
    'file:///etc/passwd',
    'ftp://example.com/',
    'javascript:alert(1)',
    'data:text/html,x',
    'https://',
    'https://user:secret@example.com/',
    'https://example..com/',
    'BV17x411w7K0',
    '10.0.0.1/x',
    '\u0000',
    '{"$ne":1}',
    `https://example.com/${'a'.repeat(8_192)}`,
  ])('refuses %j with the field named', (input) => {
    const error = thrown(() => identify(input));
    expect(error).toBeInstanceOf(InvalidInput);
    expect((error as InvalidInput).issues[0]?.path).toBe('body.url');
  });

  it.each([
    'https://user:secret@example.com/',
    'https://user@example.com/',
    'https://:secret@www.bilibili.com/video/BV17x411w7K0',
    'look: http://user:secret@x.com/a/status/1',
  ])('says of %s what is wrong with it, without the secret', (input) => {
    const error = thrown(() => identify(input)) as InvalidInput;
    const message = 'must not contain a user name or password: leave out what stands before the @';
    expect(error.issues).toEqual([{ path: 'body.url', message }]);
    expect(error.message).toBe('This URL contains a user name or password.');
  });

  it('stays fast on a tail of brackets', () => {
    expect(identify(`https://example.com/a${')'.repeat(8_000)}`).url).toBe('https://example.com/a');
  });

  it('takes parsed URLs too', () => {
    expect(identifyUrl(new URL('http://example.com/#top')).url).toBe('https://example.com/');
    expect(() => identifyUrl(new URL('mailto:a@example.com'))).toThrow(InvalidInput);
  });
});

function thrown(work: () => unknown): unknown {
  try {
    return work();
  } catch (error) {
    return error;
  }
}
