import type { ParsedMedia } from '@vaultstream/contracts';
import { uniqueMedia } from '../clean/content-fields.ts';
import { httpsUrl } from '../clean/http-url.ts';
import { cleanParagraphs, decodeEntities } from '../clean/text.ts';

/** Longest text that is looked at: characters. */
const maxMarkdown = 200_000;
/** Pictures of one text. */
const maxPictures = 50;
const pictureMark = /!\[[^\]\n]{0,300}\]\(\s*<?([^()\s<>]{1,1000})>?(?:\s+"[^"\n]{0,300}")?\s*\)/g;
const pictureTag = /<img\s[^<>]{0,2000}>/gi;
const source = /\ssrc\s*=\s*["']?([^"'\s>]{1,2000})/i;
/** A picture that leads somewhere, after its picture was taken out. */
const emptyLink = /\[\s*\]\([^)[\n]{0,1000}\)/g;
const tag = /<\/?[a-z][^<>]{0,2000}>/gi;
/** Little pictures that tell a state: they change, and are nothing of the author's. */
const badge = /badge|shields\.io|\.svg(?:$|[?#])|codecov\.io|opencollective\.com|travis-ci|star-history/i;

/**
 * A text in GitHub's Markdown as a plain one: comments, tags and pictures taken out, Markdown left as people write it.
 * @param max UTF-16 units
 */
export function plainText(value: unknown, max: number): string | null {
  if (typeof value !== 'string') return null;
  const text = outsideOfCode(value.slice(0, maxMarkdown).replace(/\r\n?/g, '\n'), (prose) =>
    decodeEntities(
      withoutComments(prose)
        .replace(pictureMark, '')
        .replace(emptyLink, '')
        .replace(/<br\s*\/?>/gi, '\n')
        .replace(tag, ''),
    ),
  );
  const lines = text.split('\n').map((line) => (/^\s+$/.test(line) ? '' : line));
  return cleanParagraphs(lines.join('\n').trim(), max);
}

/** Pictures in a text, in order, without badges. @param base What relative addresses are below; without one they are left out. */
export function picturesIn(value: unknown, base?: string): ParsedMedia[] {
  if (typeof value !== 'string') return [];
  const addresses: string[] = [];
  outsideOfCode(value.slice(0, maxMarkdown), (prose) => {
    const text = withoutComments(prose);
    const marks = [...text.matchAll(pictureMark)].map(({ index, 1: address = '' }) => ({ index, address }));
    const tags = [...text.matchAll(pictureTag)].map(({ index, 0: img }) => ({
      index,
      address: source.exec(img)?.[1] ?? '',
    }));
    addresses.push(...[...marks, ...tags].sort((one, other) => one.index - other.index).map(({ address }) => address));
    return prose;
  });
  const rows = addresses.flatMap((address): ParsedMedia[] => {
    const url = httpsUrl(rooted(decodeEntities(address), base), base);
    return url === null || badge.test(url) ? [] : [{ kind: 'image', role: 'content', url: rawFile(url) }];
  });
  return uniqueMedia(rows).slice(0, maxPictures);
}

/** As GitHub shows a README: `/docs/a.png` is below the repository's own root, but the site's own paths are the site's. */
function rooted(address: string, base: string | undefined): string {
  if (base === undefined || !/^\/(?!\/)/.test(address)) return address;
  if (/^\/[^/]+\/[^/]+\/(?:blob|raw)\//.test(address)) return `https://github.com${address}`;
  const { origin, pathname } = new URL(base);
  return `${origin}${pathname.split('/').slice(0, 4).join('/')}${address}`;
}

/** The file behind GitHub's page of it. */
function rawFile(url: string): string {
  return url.replace(
    /^https:\/\/github\.com\/([^/]+\/[^/]+)\/(?:blob|raw)\//,
    (_, repository: string) => `https://raw.githubusercontent.com/${repository}/`,
  );
}

/** What templates tell the writer, not the reader. One that is never closed goes to the end. */
function withoutComments(text: string): string {
  const [first = '', ...rest] = text.split('<!--');
  const kept = rest.map((part) => {
    const end = part.indexOf('-->');
    return end === -1 ? '' : part.slice(end + 3);
  });
  return first + kept.join('');
}

/** Passes what is not within fences of code through `change`. */
function outsideOfCode(text: string, change: (prose: string) => string): string {
  const parts: string[] = [];
  let [prose, code]: [string[], string | null] = [[], null];
  for (const line of text.split('\n')) {
    const fence: string | undefined = /^ {0,3}(`{3,}|~{3,})/.exec(line)?.[1];
    if (code === null && fence !== undefined) {
      parts.push(change(prose.join('\n')), line);
      [prose, code] = [[], fence];
    } else if (code === null) prose.push(line);
    else {
      parts.push(line);
      if (fence?.startsWith(code) === true) code = null;
    }
  }
  return [...parts, ...(code === null ? [change(prose.join('\n'))] : [])].join('\n');
}
