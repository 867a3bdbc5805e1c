import { maxBodyText } from '@vaultstream/contracts';
import { cleanLine, cleanParagraphs } from '../clean/text.ts';
import type { PostAuthor } from './post.ts';
import { fileUrl } from './media.ts';
import { statusIdOf } from './status-address.ts';

export { statsOf } from '../clean/content-fields.ts';

/** Codes of X that are no language of a person (undetermined, no words, hashtags only), and two that the standard has renamed. */
const languages: Readonly<Record<string, string | null>> = { und: null, zxx: null, art: null, in: 'id', iw: 'he' };
/** Links at the end of a text that are looked at: four pictures, a quoted post, an article. */
const maxTrailing = 6;

/** The language as BCP 47; null when X says that there is none. */
export function languageOf(value: unknown): string | null {
  const code = typeof value === 'string' ? value : '';
  if (Object.hasOwn(languages, code)) return languages[code] ?? null;
  return /^[a-pr-z][a-z]{1,2}(?:-[A-Za-z]{2,8})?$/.test(code) ? code : null;
}

/**
 * The text without what stands for its pictures, its article and the post that it quotes: links at its end, which X does not show either.
 * @param quoted Id of the quoted post.
 */
export function textOf(value: unknown, quoted: string | null): string | null {
  let text = (cleanParagraphs(value, maxBodyText) ?? '').trimStart();
  for (let links = 0; links < maxTrailing; links++) {
    const start = text.search(/\s\S*$/) + 1;
    if (!isHidden(URL.parse(text.slice(start)), quoted)) break;
    text = text.slice(0, start).trimEnd();
  }
  return text || null;
}

function isHidden(link: URL | null, quoted: string | null): boolean {
  if (!link) return false;
  const id = statusIdOf(link);
  if (id !== null) return id === quoted;
  return (
    link.hostname === 't.co' || (/^(?:x|twitter)\.com$/.test(link.hostname) && link.pathname.startsWith('/i/article/'))
  );
}

export function authorOf(handle: unknown, name: unknown, avatar: unknown): PostAuthor {
  return { handle: handleOf(handle), name: cleanLine(name, 200), avatar: avatarOf(avatar) };
}

/** A handle without its @: letters, digits and underscores. */
export function handleOf(value: unknown): string | null {
  return /^@?(\w{1,50})$/.exec(cleanLine(value, 60) ?? '')?.[1] ?? null;
}

/** An id as text; null for what is none. Numbers are not taken: JSON has rounded them. */
export function idOf(value: unknown): string | null {
  return typeof value === 'string' && /^[1-9]\d{0,18}$/.test(value) ? value : null;
}

/** The largest of the sizes that X keeps of a portrait. */
function avatarOf(value: unknown): string | null {
  return fileUrl(value)?.replace(/_(?:normal|bigger|mini|200x200)(\.\w+)$/, '_400x400$1') ?? null;
}
