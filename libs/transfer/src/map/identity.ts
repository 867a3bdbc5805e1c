import { isVaultError, type Canonical } from '@vaultstream/contracts';
import { identify } from '@vaultstream/platforms';
import type { ContentName, ImportedContent } from '@vaultstream/store';

/** What the old version calls a page of any site. */
const anySite = new Set(['', 'universal', 'web', 'generic', 'unknown', 'other']);

/** Bytes of an address that can be a key. */
const maxKeyBytes = 2_000;

/** What an old row says of its identity. */
export interface OldIdentity {
  platform: string;
  platformId: string | null;
  contentType: string | null;
  url: string;
  canonicalUrl: string;
  /** Whether the old version has read it. */
  read: boolean;
}

export type Identity = Pick<ImportedContent, 'canonical' | 'names' | 'identities'>;

/**
 * Finds out what an old content is called today. Where today's registry agrees on the platform, or nothing was read there yet, it is
 * what a share of its address would give. A content that was read by a platform that we do not have keeps the platform, the id and
 * the spelling of the old version. What today's registry makes of its addresses are further names, so that a share finds it.
 * Null for what has no http address that can be kept.
 */
export function identityOf(old: OldIdentity): Identity | null {
  const today = [identified(old.canonicalUrl), identified(old.url)];
  const now = today.find((found) => found !== null) ?? null;
  const agreed = now !== null && (now.platform === old.platform || anySite.has(old.platform) || !old.read);
  const kept = agreed ? now : keep(old);
  if (!kept) return null;
  const names = [kept, ...today.filter((found) => found !== null)].map(({ platform, url }): ContentName => {
    return { platform, key: url };
  });
  const distinct = [...new Map(names.map((name) => [`${name.platform} ${name.key}`, name])).values()];
  // The address as it was typed is a name too, but a page that many addresses lead to must not make one content of them.
  const typed = today[1];
  const identities = distinct.filter(
    (name, index) => index === 0 || name.key !== typed?.url || name.key === today[0]?.url,
  );
  const others = distinct.filter((name) => !identities.includes(name));
  const platformId = kept.platformId ?? (agreed && kept.platform !== old.platform ? null : old.platformId);
  const contentType = kept.contentType ?? old.contentType;
  return {
    canonical: { ...kept, platformId, contentType },
    names: [...identities, ...others],
    identities: identities.length,
  };
}

function identified(url: string): Canonical | null {
  if (url === '') return null;
  try {
    const found = identify(url);
    return Buffer.byteLength(found.url) <= maxKeyBytes ? found : null;
  } catch (error) {
    if (isVaultError(error)) return null;
    throw error;
  }
}

function keep({ platform, platformId, contentType, canonicalUrl }: OldIdentity): Canonical | null {
  const url = URL.parse(canonicalUrl);
  const usable = url !== null && /^https?:$/.test(url.protocol) && !/[\u0000-\u0020]/.test(canonicalUrl); // eslint-disable-line no-control-regex -- they are what must not get in
  if (!usable || Buffer.byteLength(canonicalUrl) > maxKeyBytes || !/^[a-z0-9_-]{1,50}$/.test(platform)) return null;
  return { platform, platformId, contentType, url: canonicalUrl };
}
