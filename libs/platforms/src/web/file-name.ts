import { cleanLine } from '../clean/text.ts';
import type { HttpAnswer } from '../platform.ts';

/** The name that the server gives the file, else the last part of the path; null without one. */
export function fileName({ headers, url }: Pick<HttpAnswer, 'headers' | 'url'>): string | null {
  const disposition = (headers['content-disposition'] ?? '').slice(0, 2_000);
  const encoded = /filename\*\s*=\s*utf-8'[^']*'([^;\s]+)/i.exec(disposition)?.[1];
  const plain = /filename\s*=\s*(?:"([^"]*)"|([^;\s]+))/i.exec(disposition);
  const last = new URL(url).pathname.split('/').at(-1);
  const named = percentDecoded(encoded) ?? plain?.[1] ?? plain?.[2] ?? percentDecoded(last);
  // The last part only: a server may send a whole path.
  return cleanLine(named?.split(/[\\/]/).at(-1), 500);
}

/** The text without percent escapes; as it is where they are malformed, and undefined for nothing. */
export function percentDecoded(text: string | undefined): string | undefined {
  try {
    return text === undefined || text === '' ? undefined : decodeURIComponent(text);
  } catch {
    return text;
  }
}
