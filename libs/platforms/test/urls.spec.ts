import { describe, expect, it } from '@jest/globals';
import { isVaultError } from '@vaultstream/contracts';
import fc from 'fast-check';
import { identify, identifyUrl, platforms } from '../src/index.ts';
import { urlTables } from './urls/index.ts';
import type { UrlGroup } from './urls/url-table.ts';

const canonicalOf = (platform: string, { type, url, id }: UrlGroup) => ({
  platform,
  url,
  platformId: id,
  contentType: type,
});
const groups = urlTables.flatMap(({ platform, groups: own }) => own.map((group) => ({ platform, group })));

describe.each(urlTables)('URLs of $platform', ({ platform, groups: own, web = [], refused = [] }) => {
  it.each(own.flatMap((group) => group.inputs.map((input) => [input, group] as const)))('%s', (input, group) => {
    expect(identify(input)).toEqual(canonicalOf(platform, group));
  });

  it('have one spelling each, which is its own canonical URL', () => {
    for (const group of own) expect(identify(group.url)).toEqual(canonicalOf(platform, group));
  });

  if (web.length > 0) it.each(web)('%s is a page of the web', (input) => expect(identify(input).platform).toBe('web'));

  if (refused.length > 0)
    it.each(refused)('%j is refused', (input) => {
      expect(() => identify(input)).toThrow(expect.objectContaining({ name: 'InvalidInput' }));
    });
});

describe('URLs of all platforms', () => {
  it('have a table each', () => {
    expect(urlTables.map(({ platform }) => platform).sort()).toEqual(platforms.map(({ id }) => id).sort());
  });

  it('are more than 250, each named once', () => {
    const inputs = urlTables.flatMap((table) => [
      ...table.groups.flatMap((group) => group.inputs),
      ...(table.web ?? []),
      ...(table.refused ?? []),
    ]);
    expect(inputs.length).toBeGreaterThanOrEqual(250);
    expect(inputs.filter((input, index) => inputs.indexOf(input) !== index)).toEqual([]);
  });

  it('never make two things one', () => {
    const urls = groups.map(({ group }) => group.url);
    expect(urls.filter((url, index) => urls.indexOf(url) !== index)).toEqual([]);
  });

  it('are not split by what a share adds', () => {
    const noise = fc.record({
      tracking: fc.subarray(['utm_source=share', 'gclid=1', 'spm_id_from=333.1', 'ref_src=twsrc']),
      fragment: fc.constantFrom('', '#a', '#section-2', '#:~:text=a'),
      http: fc.boolean(),
      shout: fc.boolean(),
    });
    fc.assert(
      fc.property(fc.constantFrom(...groups), noise, ({ platform, group }, { tracking, fragment, http, shout }) => {
        const url = new URL(group.url);
        const query = [url.search.slice(1), ...tracking].filter((part) => part !== '').join('&');
        const scheme = http && url.port === '' ? 'http:' : url.protocol;
        const host = shout ? url.host.toUpperCase() : url.host;
        const route = url.hash === '' ? fragment : url.hash;
        const noisy = `${scheme}//${host}${url.pathname}${query === '' ? '' : `?${query}`}${route}`;
        expect(identifyUrl(new URL(noisy))).toEqual(canonicalOf(platform, group));
      }),
    );
  });

  it('any URL has one canonical spelling, or is refused with a typed error', () => {
    const hosts = [...new Set(platforms.flatMap(({ hosts: own }) => own))].flatMap((host) => [
      host,
      `www.${host}`,
      `m.${host}`,
    ]);
    const seen = groups.flatMap(({ group }) => new URL(group.url).pathname.split('/')).filter((part) => part !== '');
    const segment = fc.oneof(
      fc.constantFrom(...seen),
      fc.string({ maxLength: 12 }),
      fc.webSegment(),
      fc.bigInt().map(String),
    );
    const ours = fc
      .record({
        scheme: fc.constantFrom('https', 'http'),
        host: fc.constantFrom(...hosts, ...hosts.map((host) => `${host}.`)),
        path: fc.array(segment, { maxLength: 6 }),
        query: fc.oneof(fc.constant(''), fc.webQueryParameters(), fc.string({ maxLength: 30 })),
        hash: fc.oneof(
          fc.constant(''),
          fc.webFragments(),
          fc.array(segment).map((parts) => `!/${parts.join('/')}`),
        ),
      })
      .map(({ scheme, host, path, query, hash }) => `${scheme}://${host}/${path.join('/')}?${query}#${hash}`);
    const anything = fc.oneof(
      ours,
      fc.webUrl({ withFragments: true, withQueryParameters: true }),
      fc.string({ unit: 'binary' }),
    );
    fc.assert(
      fc.property(anything, (text) => {
        for (const name of [text, encodeURI(text.toWellFormed())]) {
          const once = canonical(() => identify(name));
          if (once !== null) expect(identifyUrl(new URL(once.url))).toEqual(once);
          const url = URL.parse(name);
          for (const platform of url ? platforms : [])
            if (url && (platform.match?.(url) ?? true)) {
              const own = platform.canonicalize(url);
              if (own !== null) expect(platform.canonicalize(new URL(own.url))).toEqual(own);
            }
        }
      }),
      { numRuns: 500 },
    );
  });
});

/** Null for what is refused as it should be. */
function canonical(find: () => ReturnType<typeof identify>): ReturnType<typeof identify> | null {
  try {
    return find();
  } catch (error) {
    if (isVaultError(error) && error.name === 'InvalidInput') return null;
    throw error;
  }
}
