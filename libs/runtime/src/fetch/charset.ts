import iconv from 'iconv-lite';

/** How far into a page a meta element is looked for: bytes. The HTML standard says 1,024; pages put more than that in front. */
const prescanBytes = 4_096;

/**
 * The canonical name of a label (`gb2312` is gbk, `latin1` is windows-1252), by the WHATWG table that Node carries. Null for a label that the
 * web does not know; utf-7 is one of them for good reason.
 */
export function canonicalCharset(label: string | null | undefined): string | null {
  if (!label) return null;
  try {
    const name = new TextDecoder(label.trim()).encoding;
    return name === 'x-user-defined' ? null : name;
  } catch {
    return null;
  }
}

/** The charset that a byte order mark tells, or null. */
export function bomCharset(bytes: Buffer): string | null {
  if (bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf) return 'utf-8';
  if (bytes[0] === 0xff && bytes[1] === 0xfe) return 'utf-16le';
  return bytes[0] === 0xfe && bytes[1] === 0xff ? 'utf-16be' : null;
}

/** UTF-16 without a mark shows in its first characters: markup is ASCII, so every other byte is zero. */
export function utf16Pattern(bytes: Buffer): string | null {
  const head = bytes.subarray(0, 64);
  if (head.length < 4) return null;
  const pairs = Math.floor(head.length / 2);
  let highFirst = 0;
  let lowFirst = 0;
  for (let i = 0; i < pairs; i += 1) {
    if (head[2 * i] === 0 && head[2 * i + 1] !== 0) highFirst += 1;
    if (head[2 * i] !== 0 && head[2 * i + 1] === 0) lowFirst += 1;
  }
  if (lowFirst * 2 > pairs && highFirst === 0) return 'utf-16le';
  return highFirst * 2 > pairs && lowFirst === 0 ? 'utf-16be' : null;
}

/** The charset parameter of a Content-Type, as written. */
export function headerCharset(contentType: string | undefined): string | null {
  return /;\s*charset\s*=\s*["']?([^"';,\s]+)/i.exec(contentType ?? '')?.[1] ?? null;
}

/** The charset that `<meta charset>`, `<meta http-equiv content>` or an XML declaration tells, as written. */
export function metaCharset(bytes: Buffer): string | null {
  const head = bytes.subarray(0, prescanBytes).toString('latin1');
  const xml = /^\s*<\?xml\s[^>]{0,200}?encoding\s*=\s*["']([^"']{1,40})["']/i.exec(head);
  const meta = /<meta\s[^>]{0,400}?charset\s*=\s*(?:["']\s*)?([^"'\s/>;]{1,40})/i.exec(head);
  return xml?.[1] ?? meta?.[1] ?? null;
}

/** Decodes with a canonical charset; what does not fit becomes U+FFFD. Never throws. */
export function decodeAs(bytes: Buffer, charset: string): string {
  const name = charset === 'gbk' ? 'gb18030' : charset; // its superset, as browsers do
  // iconv-lite does not know a few rare ones (iso-2022-jp, x-mac-cyrillic); Node's own decoder does.
  return iconv.encodingExists(name) ? iconv.decode(bytes, name) : new TextDecoder(name).decode(bytes);
}

/** True when the bytes are UTF-8 without a fault. */
export function isUtf8Text(bytes: Buffer): boolean {
  try {
    new TextDecoder('utf-8', { fatal: true }).decode(bytes);
    return true;
  } catch {
    return false;
  }
}
