import type { BlobRecord } from '@vaultstream/store';

/** What a browser may show by itself. SVG is not among them: it can run scripts. */
const inlineTypes = new Set(['image/webp', 'image/jpeg', 'image/png', 'image/gif', 'image/avif']);

/** The entity tag of a blob: its bytes never change, so its hash is a strong one. */
export const etagOf = (blob: BlobRecord): string => `"${blob.sha256}"`;

/**
 * The headers of stored bytes, whatever they are: never sniffed, never run, kept by the browser for a year but by no shared cache
 * (a link ends, and the copy of a cache between would not).
 */
export function mediaHeaders(blob: BlobRecord): Record<string, string> {
  const inline = inlineTypes.has(blob.mime);
  const extension = blob.key.slice(blob.key.lastIndexOf('.'));
  return {
    'content-type': inline ? blob.mime : 'application/octet-stream',
    'content-disposition': inline ? 'inline' : `attachment; filename="${blob.sha256.slice(0, 16)}${extension}"`,
    'x-content-type-options': 'nosniff',
    'content-security-policy': "sandbox; default-src 'none'",
    'cross-origin-resource-policy': 'cross-origin',
    'cache-control': 'private, max-age=31536000, immutable',
    'accept-ranges': 'bytes',
    etag: etagOf(blob),
  };
}

/** Whether If-None-Match names this entity tag (weak comparison, RFC 9110 section 13.1.2). */
export function matchesEtag(header: string | undefined, etag: string): boolean {
  if (header === undefined) return false;
  return header.split(',').some((tag) => tag.trim() === '*' || tag.trim().replace(/^W\//, '') === etag);
}
