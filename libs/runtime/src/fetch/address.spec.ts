import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { canonicalAddress, classifyAddress } from './address.ts';

const refused = {
  'loopback and unspecified': ['127.0.0.1', '127.127.127.127', '0.0.0.0', '0.1.2.3', '::1', '0:0:0:0:0:0:0:1', '::'],
  private: ['10.0.0.1', '172.16.0.1', '172.31.255.254', '192.168.1.1', 'fc00::1', 'fd00:ec2::254', 'fec0::1'],
  'link-local and metadata': ['169.254.169.254', '169.254.170.2', '100.100.100.200', '168.63.129.16', 'fe80::1'],
  'special IPv4': [
    '100.64.0.1',
    '192.0.0.1',
    '192.0.0.170',
    '192.0.2.1',
    '192.31.196.1',
    '192.52.193.1',
    '192.88.99.1',
    '192.175.48.1',
    '198.18.0.1',
    '198.51.100.1',
    '203.0.113.1',
    '224.0.0.1',
    '239.255.255.250',
    '240.0.0.1',
    '255.255.255.255',
  ],
  'special IPv6': [
    'ff02::1',
    '100::1',
    '100:0:0:1::1',
    '2001:2::1',
    '2001:3::1',
    '2001:4:112::1',
    '2001:20::1',
    '2001:30::1',
    '2001:db8::1',
    '2620:4f:8000::1',
    '3fff::1',
    '5f00::1',
  ],
  'IPv6 outside of global unicast, 2000::/3': [
    '1::1',
    '64:ff9c::1',
    '200::1',
    '300::1',
    '200:1234:5678::1',
    '400::1',
    '1fff:ffff::1',
    '4000::1',
    '5000::1',
    '8000::1',
    'a000::1',
    'e000::1',
    'f000::1',
    'fb00::1',
    'fe00::1',
    'fe40::1',
    '[200::1]',
  ],
  'IPv4 inside IPv6': [
    '::ffff:127.0.0.1',
    '::ffff:7f00:1',
    '::ffff:8.8.8.8',
    '0:0:0:0:0:ffff:a9fe:a9fe',
    '::127.0.0.1',
    '::a9fe:a9fe',
    '::ffff:0:127.0.0.1',
    '64:ff9b::7f00:1',
    '64:ff9b:1::a00:1',
    '2002:7f00:1::',
    '2001:0:4136:e378:8000:63bf:3fff:fdd2',
    'fe80::5efe:7f00:1',
    '2001:4860::5efe:7f00:1',
    '2001:4860::200:5efe:7f00:1',
  ],
  'brackets and zones': ['[::1]', '[fe80::1%25eth0]', 'fe80::1%eth0'],
  'not an address': ['', 'localhost', '127.1', '0x7f.0.0.1', '0177.0.0.1', '2130706433', '1.2.3.4.5', '[', '::1::'],
};

describe('classifyAddress', () => {
  for (const [group, addresses] of Object.entries(refused))
    it.each(addresses)(`S1: refuses ${group}: %s`, (address) => {
      const verdict = classifyAddress(address);
      expect(verdict.allowed).toBe(false);
      expect(verdict.reason).not.toBe('');
    });

  it.each([
    '8.8.8.8',
    '100.63.255.255',
    '100.128.0.1',
    '172.15.255.255',
    '172.32.0.1',
    '168.63.129.15',
    '168.63.129.17',
    '198.17.255.255',
    '198.20.0.0',
    '2000::1',
    '2606:4700::1111',
    '[2606:4700::1111]',
    '2001:4860::5eff:7f00:1',
    '3ffe:ffff::1',
  ])('S2: allows a public neighbour of a refused range: %s', (address) => {
    expect(classifyAddress(address)).toEqual({ allowed: true });
  });

  it('refuses every IPv4 address in every form that carries it in IPv6', () => {
    const byte = fc.integer({ min: 0, max: 255 });
    const group = fc.integer({ min: 0, max: 0xffff }).map((part) => part.toString(16));
    fc.assert(
      fc.property(fc.tuple(byte, byte, byte, byte), group, group, (bytes, p, q) => {
        const [a, b, c, d] = bytes.map((part) => part.toString(16).padStart(2, '0'));
        const [high, low] = [`${a}${b}`, `${c}${d}`];
        const carriers = [
          `::${high}:${low}`,
          `::ffff:${high}:${low}`,
          `::ffff:0:${high}:${low}`,
          `64:ff9b::${high}:${low}`,
          `2002:${high}:${low}::${p}`,
          `2001:0:${p}:${q}:0:0:${high}:${low}`,
          `${p}:${q}::5efe:${high}:${low}`,
          `${p}:${q}::200:5efe:${high}:${low}`,
        ];
        expect(carriers.filter((carrier) => classifyAddress(carrier).allowed)).toEqual([]);
      }),
    );
  });

  it('refuses whatever lies outside of 2000::/3', () => {
    const part = fc.integer({ min: 0, max: 0xffff });
    fc.assert(
      fc.property(part, fc.array(part, { minLength: 7, maxLength: 7 }), (first, rest) => {
        fc.pre(first >> 13 !== 1);
        const address = [first, ...rest].map((group) => group.toString(16)).join(':');
        return !classifyAddress(address).allowed;
      }),
    );
  });

  it('never throws', () => {
    fc.assert(fc.property(fc.string({ unit: 'binary' }), (text) => !classifyAddress(text).allowed));
  });
});

describe('canonicalAddress', () => {
  it('knows an address again in another spelling', () => {
    expect(canonicalAddress('::ffff:10.1.2.3')).toBe('10.1.2.3');
    expect(canonicalAddress('2606:4700:0:0::01')).toBe(canonicalAddress('[2606:4700::1]'));
  });
});
