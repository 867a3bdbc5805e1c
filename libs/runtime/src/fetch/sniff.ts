import { fileTypeFromBuffer } from 'file-type';
import { decodeBytes } from './decode.ts';

/** How much of a body is looked at for a signature, and for the start of a text: bytes. */
const signatureBytes = 65_536;
const textBytes = 4_096;
/** Up to this size a JSON text is proved by parsing it: bytes. */
const jsonProofBytes = 1_048_576;

const xmlRoots = new Map([
  ['svg', 'image/svg+xml'],
  ['html', 'application/xhtml+xml'],
  ['rss', 'application/rss+xml'],
  ['rdf:rdf', 'application/rdf+xml'],
  ['feed', 'application/atom+xml'],
]);

const htmlStart =
  /^<(!doctype\s+html|(?:html|head|body|script|iframe|title|meta|link|base|style|h[1-6]|div|p|a|b|br|table|font|span|section|article|main|header|footer|nav|img|ul|ol)(?=[\s/>]))/i;

/**
 * What the bytes are. A signature wins; without one, and without control characters, it is a text of some kind. The claimed type decides
 * only between kinds of text: bytes that are text are never a picture, and a picture is never a page.
 *
 * @param contentType The whole Content-Type header.
 * @returns A MIME type without parameters; null for an empty body and for unknown bytes.
 */
export async function sniffMime(body: Buffer, contentType: string | undefined): Promise<string | null> {
  if (body.length === 0) return null;
  const signed = await fileTypeFromBuffer(body.subarray(0, signatureBytes));
  if (signed !== undefined && signed.mime !== 'application/xml') return signed.mime;
  const head = decodeBytes(body.subarray(0, textBytes), contentType).text;
  const start = withoutLead(head);
  // Before the look for binary bytes, as the MIME sniffing standard has it: a page with a stray NUL is a page.
  if (htmlStart.test(start)) return 'text/html';
  // eslint-disable-next-line no-control-regex -- the bytes that the MIME sniffing standard calls binary
  if (/[\u0000-\u0008\u000b\u000e-\u001a\u001c-\u001f]/.test(head)) return null;
  const root = rootElement(start);
  if (root !== null)
    return xmlRoots.get(root) ?? (start.startsWith('<?xml') ? 'application/xml' : textOr(contentType, start));
  return isJson(body, start) ? 'application/json' : textOr(contentType, start);
}

/** The type that a Content-Type claims, in lower case; null when absent, malformed, or several at once (`image/png, text/html`). */
export function declaredMime(contentType: string | undefined): string | null {
  const essence = (contentType ?? '').split(';')[0]?.trim().toLowerCase() ?? '';
  const several = (contentType ?? '').includes(',') && /,\s*[\w.+-]+\/[\w.+-]+/.test(contentType ?? '');
  return !several && /^[\w.+-]+\/[\w.+-]+$/.test(essence) ? essence : null;
}

/** Text whose kind does not show: a page when the header says so and there is any markup, else plain. */
function textOr(contentType: string | undefined, start: string): string {
  const declared = declaredMime(contentType);
  return (declared === 'text/html' || declared === 'application/xhtml+xml') && start.includes('<')
    ? 'text/html'
    : 'text/plain';
}

/** Skips white space and comments. */
function withoutLead(text: string): string {
  let rest = text.replace(/^\ufeff/, '').trimStart();
  while (rest.startsWith('<!--')) {
    const end = rest.indexOf('-->', 4);
    if (end < 0) return rest;
    rest = rest.slice(end + 3).trimStart();
  }
  return rest;
}

/** The name of the first element in lower case, behind an XML declaration and comments, or what a doctype calls it; null when it does not begin with one. */
function rootElement(start: string): string | null {
  let rest = start;
  while (/^<[?!]/.test(rest)) {
    const doctype = /^<!doctype\s+([a-z_][\w:.-]*)/i.exec(rest)?.[1];
    if (doctype !== undefined) return doctype.toLowerCase();
    const end = rest.indexOf('>');
    if (end < 0) return start.startsWith('<?xml') ? '' : null;
    rest = withoutLead(rest.slice(end + 1));
  }
  return /^<([a-z_][\w:.-]*)/i.exec(rest)?.[1]?.toLowerCase() ?? null;
}

function isJson(body: Buffer, start: string): boolean {
  if (!/^[[{]/.test(start)) return false;
  if (body.length > jsonProofBytes) return /[\]}]\s*$/.test(body.subarray(-64).toString('latin1'));
  try {
    JSON.parse(body.toString('utf8').replace(/^\ufeff/, ''));
    return true;
  } catch {
    return false;
  }
}
