import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { canonicalWebUrl } from './canonical-url.ts';

const canonical = (url: string) => canonicalWebUrl(new URL(url));

describe('canonicalWebUrl', () => {
  it.each([
    ['http://Example.COM:80/a/../b/./c', 'https://example.com/b/c'],
    ['https://example.com:443', 'https://example.com/'],
    ['http://example.com:8080/', 'http://example.com:8080/'],
    ['https://example.com:8443/', 'https://example.com:8443/'],
    ['https://bücher.example/', 'https://xn--bcher-kva.example/'],
    ['https://example.com./', 'https://example.com/'],
    ['https://example.com/a#section', 'https://example.com/a'],
    ['https://example.com/#!/a/b', 'https://example.com/#!/a/b'],
    ['https://example.com/app#/a/b', 'https://example.com/app#/a/b'],
    ['https://example.com/#', 'https://example.com/'],
    ['https://example.com/?', 'https://example.com/'],
    ['https://example.com/?&&a=1&', 'https://example.com/?a=1'],
    ['https://example.com/?b=2&a=1', 'https://example.com/?a=1&b=2'],
    ['https://example.com/?a=2&b=0&a=1', 'https://example.com/?a=2&a=1&b=0'],
    ['https://example.com/%7euser/%e4%bd%a0%2f', 'https://example.com/~user/%E4%BD%A0%2F'],
    ['https://example.com/%%34%31', 'https://example.com/%2541'],
    ['https://example.com//a//b/', 'https://example.com//a//b/'],
    ['https://www.example.com/', 'https://www.example.com/'],
    [
      'https://example.com/?utm_source=x&UTM_Medium=y&gclid=1&fbclid=2&id=7&spm_id_from=3&vd_source=4&from_source=5',
      'https://example.com/?id=7',
    ],
    [
      'https://example.com/?mc_cid=1&mc_eid=2&msclkid=3&yclid=4&igshid=5&ref_src=6&%75tm_term=7',
      'https://example.com/',
    ],
    ['https://example.com/?ref=main&source=a&from=b', 'https://example.com/?from=b&ref=main&source=a'],
    ['https://127.0.0.1/', 'https://127.0.0.1/'],
    ['https://[::1]/', 'https://[::1]/'],
  ])('%s is %s', (url, expected) => {
    expect(canonical(url)).toBe(expected);
  });

  it.each([
    'ftp://example.com/',
    'mailto:a@b.c',
    'https://user@example.com/',
    'https://:pw@example.com/',
    'https://a..b/',
  ])('refuses %s', (url) => {
    expect(canonical(url)).toBeNull();
  });

  it('refuses what is longer than the limit', () => {
    expect(canonical(`https://example.com/${'a'.repeat(2_028)}`)).toHaveLength(2_048);
    expect(canonical(`https://example.com/${'a'.repeat(2_029)}`)).toBeNull();
  });

  const key = fc
    .stringMatching(/^[a-z]{1,6}$/)
    .filter(
      (name) =>
        !/^(?:awc|epik|erid|xtor|dicbo|gclid|sccid|cmpid|ncid|igsh|tblci|sscid|tduid|irgwc|usqp|yclid|dclid)$/.test(
          name,
        ),
    );
  const pair = fc
    .tuple(key, fc.string({ unit: 'grapheme', maxLength: 8 }))
    .map(([name, value]) => `${name}=${encodeURIComponent(value.toWellFormed())}`);
  const parameters = fc.uniqueArray(pair, { maxLength: 6, selector: (text) => text.split('=')[0] });

  it('is idempotent, whatever the URL', () => {
    fc.assert(
      fc.property(
        fc.oneof(
          fc.webUrl({ withFragments: true, withQueryParameters: true }),
          fc.string().map((tail) => `https://example.com/${tail}`),
          fc.stringMatching(/^[%0-9a-fA-F./?#&=]{0,40}$/).map((tail) => `http://example.com/${tail}`),
        ),
        (text) => {
          const url = URL.parse(text);
          const once = url && canonicalWebUrl(url);
          if (!once) return;
          expect(canonical(once)).toBe(once);
          expect(new URL(once).href).toBe(once);
        },
      ),
      { numRuns: 2_000 },
    );
  });

  it('does not depend on the order of parameters', () => {
    fc.assert(
      fc.property(
        parameters.chain((list) => fc.tuple(fc.constant(list), fc.shuffledSubarray(list, { minLength: list.length }))),
        ([list, shuffled]) => {
          expect(canonical(`https://example.com/p?${shuffled.join('&')}`)).toBe(
            canonical(`https://example.com/p?${list.join('&')}`),
          );
        },
      ),
    );
  });

  it('does not depend on tracking parameters, scheme, case of the host or fragment', () => {
    const tracking = fc.uniqueArray(
      fc.constantFrom(
        'utm_source=a',
        'utm_x=%20',
        'gclid=1',
        'FBCLID=z',
        'mc_eid=',
        'spm_id_from=333.1',
        'hsa_acc',
        'ref_src=twsrc%5Etfw',
      ),
      { maxLength: 5 },
    );
    fc.assert(
      fc.property(parameters, tracking, (list, tracks) => {
        const plain = canonical(`https://example.com/p?${list.join('&')}`);
        expect(canonical(`HTTP://Example.com:80/p?${[...tracks, ...list].join('&')}#x`)).toBe(plain);
      }),
    );
  });
});
