import { describe, expect, it } from '@jest/globals';
import { isHostOf, isPublicName, isSameSite, siteLabel } from './hosts.ts';

describe('hosts', () => {
  it('compares by labels', () => {
    expect(isHostOf('x.com', ['x.com'])).toBe(true);
    expect(isHostOf('mobile.X.com', ['x.com'])).toBe(true);
    expect(isHostOf('netflix.com', ['x.com'])).toBe(false);
    expect(isHostOf('x.com.evil.test', ['x.com'])).toBe(false);
  });

  it('knows registrable domains', () => {
    const same = (a: string, b: string) => isSameSite(new URL(`https://${a}`), new URL(`https://${b}`));
    expect(same('www.example.co.uk', 'm.example.co.uk')).toBe(true);
    expect(same('a.co.uk', 'b.co.uk')).toBe(false);
    expect(same('alice.github.io', 'mallory.github.io')).toBe(false);
    expect(same('127.0.0.1', '127.0.0.1')).toBe(true);
    expect(same('127.0.0.1', '127.0.0.2')).toBe(false);
    expect(siteLabel('www.example.co.uk')).toBe('example');
  });

  it('tells names from file names', () => {
    expect(isPublicName('example.com')).toBe(true);
    expect(isPublicName('photo.jpg')).toBe(false);
    expect(isPublicName('co.uk')).toBe(false);
    expect(isPublicName('10.0.0.1')).toBe(false);
  });
});
