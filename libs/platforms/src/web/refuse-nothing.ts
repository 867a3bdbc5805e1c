import { BadPayload } from '@vaultstream/contracts';
import type { HttpAnswer } from '../platform.ts';
import { fileName } from './file-name.ts';
import type { ExtractedPage } from './page.ts';

/** Unknown bytes that are fewer are no file, unless they are named as one: bytes. */
const minUnknownFile = 512;
/** A name such as `key.bin`, but not one of a page: `index.php` says nothing of what it answers. */
const fileEnding = /\.(?!(?:x?html?|shtml|php\d?|aspx?|jspx?|cgi|do)$)[a-z][a-z\d]{0,7}$/i;

/** @throws BadPayload for a page that says nothing and shows nothing: to keep its address would look like a success */
export function refuseEmptyPage(answer: HttpAnswer, page: ExtractedPage): void {
  const said = [page.title, page.description, page.text, page.author, page.siteName, page.publishedAt, page.cover];
  const shown = [...page.images, ...page.videos, ...page.audios, ...page.tags];
  if (said.some((value) => value !== null) || shown.length > 0) return;
  throw answer.body.length === 0
    ? refusal(answer, 'sent an empty answer')
    : refusal(answer, 'sent a page without title, text, metadata and media; perhaps it needs a browser');
}

/** @throws BadPayload for a text without a character, or a short one of which nobody says how it is encoded */
export function refuseEmptyText(answer: HttpAnswer, text: string): void {
  if (text.trim() === '') throw refusal(answer, 'sent an empty text');
  if (isUnreadable(answer)) throw refusal(answer, 'sent a few bytes that are no text of a known encoding');
}

/** @throws BadPayload for bytes of which nothing says that they are a file */
export function refuseUnknownBytes(answer: HttpAnswer): void {
  const { mime, declaredMime, body } = answer;
  if (mime !== null || fileEnding.test(fileName(answer) ?? '') || 'content-disposition' in answer.headers) return;
  if (/^text\/|^application\/xhtml\+xml$/.test(declaredMime ?? ''))
    throw refusal(answer, `sent ${body.length} bytes as ${declaredMime} that are none`);
  if (body.length < minUnknownFile)
    throw refusal(answer, `sent ${body.length} bytes that are no page, text or known file`);
}

/** Few bytes, no charset told, not UTF-8, and mostly not ASCII: what is made of them as windows-1252 is no word. */
function isUnreadable({ body, headers }: HttpAnswer): boolean {
  if (body.length >= minUnknownFile || /charset/i.test(headers['content-type'] ?? '') || isUtf8(body)) return false;
  const marked = body[0] === 0xff || body[0] === 0xfe;
  return !marked && body.filter((byte) => byte < 0x80).length * 2 < body.length;
}

function isUtf8(body: Buffer): boolean {
  try {
    new TextDecoder('utf-8', { fatal: true }).decode(body);
    return true;
  } catch {
    return false;
  }
}

function refusal({ url, status }: HttpAnswer, what: string): BadPayload {
  return new BadPayload(`${new URL(url).host} ${what}`, { status });
}
