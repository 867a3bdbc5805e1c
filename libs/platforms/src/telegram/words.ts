import { maxBodyText } from '@vaultstream/contracts';
import { joined } from '../clean/content-fields.ts';
import { htmlText } from '../clean/html-text.ts';
import { httpUrl } from '../clean/http-url.ts';
import { cleanLine, cleanParagraphs, decodeEntities } from '../clean/text.ts';
import type { Mark } from './marks.ts';
import type { PostPage } from './post-page.ts';

/** HTML of what is shown on one line: characters. */
const maxLineHtml = 20_000;
/** Answers of a poll, files of a post: Telegram allows ten. */
const maxItems = 50;

/** The text of an element, on several lines. Links show where they lead, unless their words say so already. */
export function textOf(mark: Mark | undefined): string | null {
  if (mark === undefined) return null;
  return cleanParagraphs(htmlText(mark.inner, { link: (href, words) => linkText(href, words) }), maxBodyText);
}

/** The text of an element on one line. */
export function lineOf(mark: Mark | undefined, max = 500): string | null {
  return mark === undefined ? null : cleanLine(htmlText(mark.inner.slice(0, maxLineHtml)), max);
}

/** What the author of the post has written. */
export function ownText(page: PostPage): string | null {
  const texts = page.withClass('js-message_text');
  const found = texts.length > 0 ? texts : page.all('text');
  // A quotation or a translation may stand in an element of the same name inside of it.
  return textOf(found.find((mark) => !found.some((other) => other !== mark && mark.around === other)));
}

/** A question with its answers and how many chose them; null without a poll. */
export function pollText(page: PostPage): string | null {
  const question = lineOf(page.first('poll_question'));
  if (question === null) return null;
  const options = page
    .all('poll_option')
    .slice(0, maxItems)
    .flatMap((option) => {
      const text = lineOf(page.below(option, 'tgme_widget_message_poll_option_text')[0], 300);
      const percent = lineOf(page.below(option, 'tgme_widget_message_poll_option_percent')[0], 20);
      return text === null ? [] : [`- ${text}${percent === null ? '' : ` (${percent})`}`];
    });
  return joined([question, ...options], '\n');
}

/** Names of files, which the page only names. */
export function fileNames(page: PostPage): string[] {
  return page
    .all('document_title')
    .slice(0, maxItems)
    .flatMap((mark) => lineOf(mark, 300) ?? []);
}

/** Everything that is said: what it answers, quoted; whom it passes on; its text, its poll, its files. */
export function bodyOf(page: PostPage): string | null {
  const from = lineOf(page.first('forwarded_from_name'), 200);
  const files = fileNames(page).map((name) => `- ${name}`);
  const parts = [replyText(page), from && `Forwarded from ${from}`, ownText(page), pollText(page), joined(files, '\n')];
  return cleanParagraphs(joined(parts), maxBodyText);
}

/** Hashtags, which Telegram makes links of. */
export function hashtagsOf(mark: Mark | undefined): string[] {
  const tags: string[] = [];
  htmlText(mark?.inner ?? '', {
    link(href, words) {
      if (href.startsWith('?q=')) tags.push(words.trim().replace(/^[#$]/, ''));
      return words;
    },
  });
  return tags;
}

function replyText(page: PostPage): string | null {
  const reply = page.first('reply');
  const name = lineOf(page.below(reply, 'tgme_widget_message_author_name')[0], 200);
  const [words] = ['js-message_reply_text', 'tgme_widget_message_metatext', 'tgme_widget_message_text'].flatMap(
    (each) => page.below(reply, each),
  );
  const text = joined([name, textOf(words)], '\n');
  return text === '' ? null : text.replace(/^/gm, '> ');
}

/** Addresses of links are escaped twice. Those of Telegram's own searches, such as hashtags, are nobody else's. */
function linkText(href: string, words: string): string {
  const url = httpUrl(decodeEntities(href));
  const said = words.trim();
  const bare = (text: string): string => text.replace(/^https?:\/\//, '').replace(/\/$/, '');
  if (url === null || said.startsWith('@') || bare(decoded(url)) === bare(decoded(said))) return words;
  return `${words} (${url})`;
}

function decoded(text: string): string {
  try {
    return decodeURI(text).toLowerCase();
  } catch {
    return text.toLowerCase();
  }
}
