import {
  bomCharset,
  canonicalCharset,
  decodeAs,
  headerCharset,
  isUtf8Text,
  metaCharset,
  utf16Pattern,
} from './charset.ts';
import type { GuardedResponse } from './types.ts';

/**
 * The text of a response: byte order mark, then the header, then the page's own meta. A charset that turns out to be wrong (the text does not
 * fit it) gives way to the next one that fits. Text that nothing describes is UTF-8 where it can be, else windows-1252. Never throws.
 *
 * @returns `charset` is the canonical WHATWG name that was used.
 */
export function decodeText(response: Pick<GuardedResponse, 'body' | 'headers'>): { text: string; charset: string } {
  return decodeBytes(response.body, response.headers['content-type']);
}

/** As `decodeText`, for bytes and a Content-Type. */
export function decodeBytes(bytes: Buffer, contentType: string | undefined): { text: string; charset: string } {
  const marked = bomCharset(bytes);
  if (marked !== null) return { text: withoutMark(decodeAs(bytes, marked)), charset: marked };
  const candidates = [utf16In(bytes, headerCharset(contentType)), asciiCompatible(metaCharset(bytes))].filter(
    (charset) => charset !== null,
  );
  for (const charset of candidates) {
    if (charset === 'windows-1252' && hasMultibyteUtf8(bytes)) continue; // the usual false default: every byte "fits" it
    const text = decodeAs(bytes, charset);
    if (!text.includes('\ufffd')) return { text, charset };
  }
  const charset = isUtf8Text(bytes) ? 'utf-8' : (candidates[0] ?? 'windows-1252');
  return { text: decodeAs(bytes, charset), charset };
}

/** The header's charset; for UTF-16, and where the header says nothing usable, the byte order that the bytes show. */
function utf16In(bytes: Buffer, label: string | null): string | null {
  const charset = canonicalCharset(label);
  if (charset !== null && !charset.startsWith('utf-16')) return charset;
  return utf16Pattern(bytes) ?? charset;
}

/** A meta element that could be read as ASCII cannot stand in UTF-16: the HTML standard reads it as UTF-8. */
function asciiCompatible(label: string | null): string | null {
  const charset = canonicalCharset(label);
  return charset?.startsWith('utf-16') ? 'utf-8' : charset;
}

function hasMultibyteUtf8(bytes: Buffer): boolean {
  return bytes.some((byte) => byte >= 0x80) && isUtf8Text(bytes);
}

function withoutMark(text: string): string {
  return text.replace(/^\ufeff/, '');
}
