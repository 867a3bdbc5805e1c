import { stripInvisible } from '../clean/text.ts';
import { articleUrl } from './article/article-address.ts';
import { numberId } from './hosts.ts';
import { toBvid, videoUrl } from './video/video-address.ts';

/** Not inside a longer word, file name or address. */
const alone = (id: string) => new RegExp(String.raw`(?<![\w./@-])(?:${id})(?![\w/@-]|\.\w)`, 'gi');
const bv = alone('BV1[1-9A-HJ-NP-Za-km-z]{9}');
/** In a text of more words, three digits at least: AV1 is also a way to compress films. */
const numbered = alone(String.raw`(av|cv)(\d{3,16})`);
const numberedOnly = /^(av|cv)(\d{1,16})$/i;
/** Characters of a text that are looked at. */
const maxText = 10_000;

/** The address of the first `BV...`, `av...` or `cv...` (an article) that a text names; null when it names none. */
export function bareIdUrl(input: string): URL | null {
  const text = stripInvisible(input.slice(0, maxText)).trim();
  for (const [id] of text.matchAll(bv)) {
    const bvid = toBvid(id);
    if (bvid !== null) return new URL(videoUrl({ bvid, part: 1 }));
  }
  const only = numberedOnly.exec(text);
  for (const [, kind, number] of only ? [only] : text.matchAll(numbered)) {
    if (kind === undefined || number === undefined) continue;
    const address = kind.toLowerCase() === 'cv' ? articleAddress(number) : videoAddress(`av${number}`);
    if (address !== null) return new URL(address);
  }
  return null;
}

function articleAddress(number: string): string | null {
  const id = numberId(number, 12);
  return id === null ? null : articleUrl(id);
}

function videoAddress(id: string): string | null {
  const bvid = toBvid(id);
  return bvid === null ? null : videoUrl({ bvid, part: 1 });
}
