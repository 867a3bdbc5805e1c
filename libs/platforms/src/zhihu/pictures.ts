import type { ParsedMedia } from '@vaultstream/contracts';
import { fileUrl, sizeOf } from '../clean/content-fields.ts';
import { isHostOf } from '../url/hosts.ts';

/** The copy that a name ends with: `v2-1a2b_720w.jpg`. Without it, it is the file itself. Moving pictures stay as they are. */
const copy = /_(?:b|hd|fhd|qhd|r|xs|s|is|im|m|l|xl|xll|\d+w|\d+x\d+)(?=\.(?:jpe?g|png|webp)$)/;

/** The address of a picture in its largest size, without the query that signs it; null for what is none. */
export function pictureUrl(value: unknown): string | null {
  const found = fileUrl(value);
  if (found === null) return null;
  const { hostname, origin, pathname } = new URL(found);
  return isHostOf(hostname, ['zhimg.com']) ? origin + pathname.replace(copy, '') : found;
}

/** A picture of a content; none without an address. */
export function pictureOf(
  value: unknown,
  role: ParsedMedia['role'] = 'content',
  width?: unknown,
  height?: unknown,
): ParsedMedia[] {
  const url = pictureUrl(value);
  return url === null ? [] : [{ kind: 'image', role, url, ...sizeOf(width, height) }];
}
