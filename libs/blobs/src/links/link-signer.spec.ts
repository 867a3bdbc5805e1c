import { randomBytes } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import { LinkSigner } from './link-signer.ts';

const key = `blobs/sha256/aa/bb/aabb${'0'.repeat(60)}.webp`;
const secretsKey = randomBytes(32);

function partsOf(link: string): [expires: string, signature: string] {
  const { searchParams } = new URL(link, 'http://media.example');
  return [searchParams.get('expires') ?? '', searchParams.get('signature') ?? ''];
}

describe('LinkSigner', () => {
  it('behaviour 23: a link works until it expires', () => {
    let now = 1_000_000;
    const links = new LinkSigner({ secretsKeys: [secretsKey], expiresS: 60, now: () => now });
    const link = links.sign(key);
    expect(link).toMatch(/^\/media\/blobs\/sha256\/.*\?expires=1000060&signature=[\w-]{43}$/);
    now = 1_000_059;
    expect(links.verify(key, ...partsOf(link))).toBe('valid');
    now = 1_000_060;
    expect(links.verify(key, ...partsOf(link))).toBe('expired');
  });

  it('A14: refuses another key, a later expiry, another signature and another secret', () => {
    const links = new LinkSigner({ secretsKeys: [secretsKey], expiresS: 60 });
    const [expires, signature] = partsOf(links.sign(key));
    expect(links.verify(key.replace('.webp', '.html'), expires, signature)).toBe('forged');
    expect(links.verify(key, `${expires}0`, signature)).toBe('forged');
    expect(links.verify(key, `${expires}\n`, signature)).toBe('forged');
    expect(links.verify(key, expires, signature.slice(0, -1))).toBe('forged');
    expect(links.verify(key, expires, '')).toBe('forged');
    expect(
      links.verify(key, expires, signature.startsWith('A') ? `B${signature.slice(1)}` : `A${signature.slice(1)}`),
    ).toBe('forged');
    // 43 letters of 6 bits hold 256 bits and two that tell nothing: four letters end in the same bytes.
    for (const last of 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_')
      if (!signature.endsWith(last)) expect(links.verify(key, expires, signature.slice(0, -1) + last)).toBe('forged');
    expect(links.verify(key, expires, `${signature}=`)).toBe('forged');
    expect(new LinkSigner({ secretsKeys: [randomBytes(32)], expiresS: 60 }).verify(key, expires, signature)).toBe(
      'forged',
    );
  });

  it('K9: signs with the first of two keys and takes links of both; without the earlier one its links are forged', () => {
    const [before, after] = [secretsKey, randomBytes(32)];
    const old = partsOf(new LinkSigner({ secretsKeys: [before], expiresS: 60 }).sign(key));
    const both = new LinkSigner({ secretsKeys: [after, before], expiresS: 60 });
    const alone = new LinkSigner({ secretsKeys: [after], expiresS: 60 });
    expect([both.verify(key, ...old), alone.verify(key, ...old)]).toEqual(['valid', 'forged']);
    expect(alone.verify(key, ...partsOf(both.sign(key)))).toBe('valid');
    expect(() => new LinkSigner({ secretsKeys: [], expiresS: 60 })).toThrow('SECRETS_KEY');
  });

  it('puts the public base in front', () => {
    const links = new LinkSigner({
      secretsKeys: [secretsKey],
      expiresS: 60,
      publicBaseUrl: 'https://files.example/vault/',
    });
    expect(links.sign(key)).toMatch(/^https:\/\/files\.example\/vault\/media\/blobs\//);
  });
});
