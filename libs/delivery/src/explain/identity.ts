import { isVaultError, type Explanation } from '@vaultstream/contracts';
import { identify } from '@vaultstream/platforms';
import type { ExplainRows } from '@vaultstream/store';

/** Under which names a content is known, and what today's rules make of what people typed. */
export function explainIdentity({ subject, parse, keys, merged, sources }: ExplainRows): Explanation['identity'] {
  return {
    platform: subject.platform,
    canonical_url: parse.canonicalUrl,
    keys: keys.map(({ platform, key, createdAt }) => ({ platform, key, since: createdAt.toISOString() })),
    merged: merged.map(({ id, canonicalUrl }) => ({ content_id: id, canonical_url: canonicalUrl })),
    sources: sources.map(({ url, source, createdAt }) => ({
      typed: url,
      ...canonicalOf(url),
      source,
      created_at: createdAt.toISOString(),
    })),
  };
}

/** Both null for what was accepted once and would be refused today. */
interface Reading {
  canonical_url: string | null;
  platform: string | null;
}

/** What the latest texts mean: the same text means the same as long as this process lives. The oldest goes first. */
const readings = new Map<string, Reading>();
/** Each of them at most 16 KB. */
const maxReadings = 500;

function canonicalOf(typed: string): Reading {
  const known = readings.get(typed);
  if (known) return known;
  const reading = read(typed);
  const [oldest] = readings.size >= maxReadings ? readings.keys() : [];
  if (oldest !== undefined) readings.delete(oldest);
  readings.set(typed, reading);
  return reading;
}

function read(typed: string): Reading {
  try {
    const { url, platform } = identify(typed);
    return { canonical_url: url, platform };
  } catch (error) {
    if (isVaultError(error)) return { canonical_url: null, platform: null };
    throw error;
  }
}
