import { isIP } from 'node:net';
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { isVaultError } from '@vaultstream/contracts';
import { Env } from '../env.ts';
import { GuardedHttp } from './client.ts';

const http = new GuardedHttp({ ownAddresses: ['vault.example.com', '8.8.4.4'] });

function outcome(url: string, client = http): string {
  try {
    return client.assertAllowedUrl(url).href;
  } catch (error) {
    return isVaultError(error) ? error.name : String(error);
  }
}

const refused = {
  'a loopback in disguise': [
    'http://127.0.0.1/',
    'http://127.1/',
    'http://127.0.1/',
    'http://0/',
    'http://0.0.0.0/',
    'http://2130706433/',
    'http://017700000001/',
    'http://0177.0.0.1/',
    'http://00000177.0.0.1/',
    'http://0x7f.0.0.1/',
    'http://0x7f.1/',
    'http://0x7f000001/',
    'http://127.127.127.127/',
    'http://127.0.0.1./',
    'http://①②⑦.⓪.⓪.①/',
    'http://127。0。0。1/',
    'http://localhost/',
    'http://LOCALHOST/',
    'http://localhost./',
    'http://foo.localhost/',
    'http://ⓛⓞⓒⓐⓛⓗⓞⓢⓣ/',
    'http://ip6-localhost/',
  ],
  'a public number that is not canonical': ['http://1.2.3/', 'http://①.①.①.①/', 'http://16843009/', 'http://1.1.1.1./'],
  credentials: [
    'http://example.com@127.0.0.1/',
    'http://example.com:80@127.0.0.1/',
    'http://127.0.0.1\\@example.com/',
    'http://127.1.1.1:80\\@127.2.2.2:80/',
    'http://127.0.0.1%2f@example.com/',
    'http://1.1.1.1 &@2.2.2.2# @3.3.3.3/',
    'http://user:pass@example.com/',
    'http://@example.com/',
  ],
  'an inner IPv6 address': [
    'http://[::1]/',
    'http://[::]/',
    'http://[::ffff:127.0.0.1]/',
    'http://[64:ff9b::a9fe:a9fe]/',
  ],
  'cloud metadata': [
    'http://169.254.169.254/latest/meta-data/',
    'http://2852039166/',
    'http://0xa9fea9fe/',
    'http://0251.0376.0251.0376/',
    'http://168.63.129.16/',
    'http://metadata.google.internal/computeMetadata/v1/',
  ],
  'an inner name': [
    'http://kubernetes.default.svc/',
    'http://minio.vaultstream.svc.cluster.local:9000/',
    'http://redis:6379/',
    'http://host.docker.internal/',
    'http://foo/',
    'http://a.onion/',
    'http://a.i2p/',
    'http://printer.local/',
    'http://router.lan/',
    'http://nas.home.arpa/',
    'http://x.test/',
    'http://x.invalid./',
    'http://a..b.com/',
    `http://${'a'.repeat(64)}.com/`,
    `http://${'a.'.repeat(130)}com/`,
  ],
  'another scheme': [
    'file:///etc/passwd',
    'ftp://example.com/',
    'gopher://127.0.0.1:6379/_FLUSHALL',
    'dict://127.0.0.1:11211/stat',
    'ldap://127.0.0.1/',
    'data:text/html,<h1>x</h1>',
    'blob:https://example.com/1',
    'javascript:alert(1)',
    'jar:http://127.0.0.1!/',
    'ws://example.com/',
    'unix:/var/run/docker.sock',
    'http://unix:/var/run/docker.sock:/containers/json',
  ],
  'no global unicast (L5)': ['http://[200::1]/', 'http://[64:ff9c::1]/', 'http://[e000::1]/'],
  'another port': [22, 25, 6379, 2375, 10250, 0, 1].map((port) => `http://example.com:${port}/`),
  'our own address (S25)': ['https://vault.example.com/api', 'http://8.8.4.4/'],
};

const malformed = [
  '',
  'example.com',
  '//169.254.169.254/',
  'http:127.0.0.1/',
  'http:\\\\127.0.0.1/',
  'http:///127.0.0.1/',
  'http://',
  'http://%31%32%37.0.0.1/',
  'http://loc%61lhost/',
  'http://example.com%00.evil.test/',
  'http://example.com%0d%0aHost:evil/',
  'http://example.com\u0000.evil.test/',
  'http://exam\tple.com/',
  ' http://example.com/',
  'http://example.com\\evil/',
  'http://127.0.0.1:80%40example.com/',
  'http://[::1',
  'http://[fe80::1%25eth0]/',
  'http://256.256.256.256/',
  'http://4294967296/',
  'http://0xffffffff1/',
  'http://example.com:65536/',
  'http://exa mple.com/',
  `http://example.com/${'a'.repeat(9_000)}`,
];

describe('assertAllowedUrl', () => {
  for (const [group, urls] of Object.entries(refused))
    it.each(urls)(`S1: refuses ${group}: %s`, (url) => expect(outcome(url)).toBe('Refused'));

  it.each(malformed)('S1: calls it malformed: %j', (url) => expect(outcome(url)).toBe('InvalidInput'));

  it.each([
    ['http://100.63.255.255/', 'http://100.63.255.255/'],
    ['http://172.32.0.1/', 'http://172.32.0.1/'],
    ['http://[2606:4700::1]/', 'http://[2606:4700::1]/'],
    ['http://example.com#@127.0.0.1/', 'http://example.com/#@127.0.0.1/'],
    ['HTTPS://Example.COM:443/a b?q=\\', 'https://example.com/a%20b?q=\\'],
    ['http://example.com.:8080/', 'http://example.com:8080/'],
    ['http://例え.jp/', 'http://xn--r8jz45g.jp/'],
    ['http://example.com/u@b', 'http://example.com/u@b'],
  ])('S2: allows %s', (url, href) => expect(outcome(url)).toBe(href));

  it('names the field of a malformed address', () => {
    expect(() => http.assertAllowedUrl('nonsense')).toThrow(
      expect.objectContaining({ issues: [{ path: 'url', message: 'has no scheme' }] }),
    );
  });

  it('gives back only what is public, or throws an error of the family, whatever the text', () => {
    const part = fc.constantFrom(
      'http://',
      'https:',
      '//',
      '\\',
      '@',
      '127.0.0.1',
      '[::1]',
      ':80',
      '/',
      '#',
      '?',
      'a.com',
      '%00',
      '①',
      '.',
      '\t',
      'localhost',
    );
    fc.assert(
      fc.property(fc.array(part, { maxLength: 8 }), (parts) => {
        const result = outcome(parts.join(''));
        if (result === 'Refused' || result === 'InvalidInput') return;
        const { hostname } = new URL(result);
        expect(isIP(hostname.replace(/[[\]]/g, ''))).toBe(0);
        expect(hostname).toMatch(/\./);
        expect(hostname).not.toMatch(/(^|\.)localhost$/);
      }),
      { numRuns: 2_000 },
    );
  });
});

it('takes the environment as it is', () => {
  const env = Env.load({ FETCH_HOST_OVERRIDES: 'api.x=http://127.0.0.1:9901', FETCH_ALLOW_HOSTS: '10.0.0.0/8' });
  const client = new GuardedHttp(env.fetch);
  expect(outcome('https://api.x/', client)).toBe('https://api.x/');
  expect(outcome('http://10.0.0.1/', client)).toBe('http://10.0.0.1/');
});

describe('allowHosts', () => {
  const client = new GuardedHttp({
    allowHosts: ['127.0.0.1:9901', '10.0.0.0/8', '[fd00::1]:9000', 'fd00:1::/64', 'minio', 'Bus.Internal:*'],
  });

  it.each([
    'http://127.0.0.1:9901/',
    'http://10.1.2.3/',
    'http://10.1.2.3:8080/',
    'http://[fd00::1]:9000/',
    'http://[fd00:1::5]/',
    'http://minio/',
    'http://minio.:8443/',
    'http://bus.internal:6379/',
  ])('opens %s', (url) => expect(outcome(url, client)).toMatch(/^http/));

  it.each([
    'http://127.0.0.1/',
    'http://127.1:9901/',
    'http://127.0.0.2:9901/',
    'http://10.1.2.3:9901/',
    'http://[fd00::1]/',
    'http://minio:9000/',
    'http://x.bus.internal:6379/',
    'http://11.0.0.1:9901/',
  ])('keeps %s shut', (url) => expect(outcome(url, client)).toBe('Refused'));

  it.each(['10.0.0.0/33', 'http://x/', '[::1', 'a:b', ''])('names an entry that cannot be read: %j', (entry) => {
    expect(() => new GuardedHttp({ allowHosts: [entry] })).toThrow(`"${entry}"`);
  });
});
