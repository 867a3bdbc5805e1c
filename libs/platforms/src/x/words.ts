import { maxBodyText } from '@vaultstream/contracts';
import { cleanParagraphs, cutAt } from '../clean/text.ts';
import { trimEndOf } from '../clean/trim.ts';
import type { Post, PostAuthor } from './post.ts';

/** UTF-16 units of a title. */
const maxTitle = 100;
const maxTags = 100;
const address = /https?:\/\/\S+/g;
/** Names that a reply begins with: whom it answers, not what it says. */
const leadingNames = /^(?:@\w{1,15}\s+)+/;
/** X's rule: letters, digits and underscores, one letter at least; not within a word. */
const hashtag = /(?<![\p{L}\p{N}_&])[#＃]([\p{L}\p{N}\p{M}_]{1,100})/gu;
const mention = /(?<![\p{L}\p{N}_@.])@(\w{1,15})(?![\w@])/gu;

/** The beginning of what a post says, since posts have no title; else who says it. */
export function titleOf({ article, text, author }: Post): string | null {
  if (article?.title) return article.title;
  const lines = (text ?? '').replace(address, ' ').replace(leadingNames, '').split('\n');
  const line = lines.map((each) => each.replace(/\s+/g, ' ').trim()).find((each) => /[\p{L}\p{N}\p{S}]/u.test(each));
  return line === undefined ? byline(author) : shortened(line);
}

/** `Mara Quill (@maraquill)`. */
export function byline({ name, handle }: PostAuthor): string | null {
  if (handle === null) return name;
  return name === null ? `@${handle}` : `${name} (@${handle})`;
}

/** Everything that one or several posts of a thread say: texts, articles, polls, what readers added, what they quote. */
export function bodyOf(posts: readonly Post[]): string | null {
  return cleanParagraphs(posts.flatMap(partsOf).join('\n\n'), maxBodyText);
}

/** Hashtags, then the handles that are mentioned, with their @; each once, whatever its case. */
export function tagsOf(posts: readonly Post[]): string[] {
  const text = posts.map((post) => (post.text ?? '').replace(address, ' ')).join('\n');
  const topics = [...text.matchAll(hashtag)].map(([, name = '']) => name).filter((name) => /\p{L}/u.test(name));
  const people = [...text.matchAll(mention)].map(([, name = '']) => `@${name}`);
  const tags = new Map<string, string>();
  for (const tag of [...topics, ...people]) if (!tags.has(tag.toLowerCase())) tags.set(tag.toLowerCase(), tag);
  return [...tags.values()].slice(0, maxTags);
}

function partsOf(post: Post): string[] {
  const { text, article, poll, note, quote } = post;
  const choices = poll.map(({ label, votes }) => `- ${label}${votes === null ? '' : ` (${votes})`}`).join('\n');
  const quoted = quote && [byline(quote.author), ...partsOf({ ...quote, quote: null })].filter(Boolean).join('\n');
  const parts = [
    text,
    article && (article.body ?? article.preview),
    choices,
    note && `Readers added: ${note}`,
    quoted && quoted.replace(/^/gm, '> '),
  ];
  return parts.filter((part) => part !== null).filter((part) => part !== '');
}

/** Cut at a space where there is one in the last third. */
function shortened(line: string): string {
  if (line.length <= maxTitle) return line;
  const cut = cutAt(line, maxTitle - 1);
  const space = cut.lastIndexOf(' ');
  return `${trimEndOf(space > maxTitle * 0.6 ? cut.slice(0, space) : cut, /[\s,;:.–-]/)}…`;
}
