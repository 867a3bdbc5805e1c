import { maxBodyText } from '@vaultstream/contracts';
import { joined, memberAt } from '../clean/content-fields.ts';
import { cleanCount } from '../clean/counts.ts';
import { httpUrl } from '../clean/http-url.ts';
import { itemsOf } from '../clean/json.ts';
import { cleanLine, cleanParagraphs, decodeEntities } from '../clean/text.ts';

type Post = Readonly<Record<string, unknown>>;

/** What stands where a text was. */
const removed = /^\[(?:deleted|removed)(?: by [^\]]{1,40})?\]$/i;
/** A picture within a text: it is a medium. */
const embedded = /!\[[^\]\n]{0,300}\]\([^)\s]{1,500}(?: "[^"\n]{0,300}")?\)/g;
const embeddedAddress = /^https:\/\/preview\.redd\.it\/\S{1,1000}$/gm;

/** What the author has written, in Markdown; null for a link, a picture, and for what is gone. */
export function ownText(post: Post): string | null {
  if (isRemoved(post) || typeof post['selftext'] !== 'string') return null;
  const text = decodeEntities(post['selftext'].slice(0, maxBodyText))
    .replace(embedded, '')
    .replace(embeddedAddress, '');
  return cleanParagraphs(text.trim(), maxBodyText);
}

/** True when the text says that it is gone. */
export function isRemoved(post: Post): boolean {
  return removed.test(cleanLine(post['selftext'], 60) ?? '');
}

/** The address that a post is about; null when it is about itself, or a file of its own. */
export function linkOf(post: Post): string | null {
  const url = httpUrl(decodeEntities(cleanLine(post['url_overridden_by_dest'] ?? post['url'], 8_000) ?? ''));
  const { hostname } = new URL(url ?? 'https://www.reddit.com/');
  return post['is_self'] === true || /(?:^|\.)(?:reddit\.com|redd\.it)$/.test(hostname) ? null : url;
}

/** Everything that is said: text, poll, captions, the link, and the post that is passed on, quoted. */
export function bodyOf(post: Post, original: Post | null): string | null {
  const passedOn =
    original && joined([bylineOf(original), cleanLine(original['title'], 500), bodyOf(original, null)], '\n');
  const parts = [
    ownText(post),
    pollOf(post),
    captionsOf(post),
    original ? null : linkOf(post),
    passedOn && passedOn.replace(/^/gm, '> '),
  ];
  return cleanParagraphs(joined(parts), maxBodyText);
}

/** The name of whoever wrote it; null for somebody who is gone. */
export function authorName(post: Post): string | null {
  return /^[\w-]{1,50}$/.exec(cleanLine(post['author'], 60) ?? '')?.[0] ?? null;
}

function bylineOf(post: Post): string {
  const [name, subreddit] = [authorName(post), cleanLine(post['subreddit'], 100)];
  return joined([name && `u/${name}`, subreddit && `r/${subreddit}`], ' in ');
}

function pollOf(post: Post): string {
  const options = itemsOf(memberAt(post, 'poll_data', 'options'))
    .slice(0, 50)
    .flatMap((option) => {
      const text = cleanLine(memberAt(option, 'text'), 300);
      const votes = cleanCount(memberAt(option, 'vote_count'));
      return text === null ? [] : [`- ${text}${votes === null ? '' : ` (${votes})`}`];
    });
  return joined(options, '\n');
}

function captionsOf(post: Post): string {
  const items = itemsOf(memberAt(post, 'gallery_data', 'items')).slice(0, 100);
  return joined(
    items.map((item) => cleanLine(memberAt(item, 'caption'), 500)),
    '\n',
  );
}
