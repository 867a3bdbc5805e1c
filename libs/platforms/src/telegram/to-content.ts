import { AccessDenied, type ParsedContent } from '@vaultstream/contracts';
import { rawOf, statsOf, tagsOf, titleFrom } from '../clean/content-fields.ts';
import { cleanCount } from '../clean/counts.ts';
import { parseDate } from '../clean/dates.ts';
import { httpsUrl } from '../clean/http-url.ts';
import { cleanLine } from '../clean/text.ts';
import { trimEndOf } from '../clean/trim.ts';
import { addressOf, urlOf, type TelegramAddress } from './post-address.ts';
import { mediaOf } from './media.ts';
import { backgroundOf, type PostPage } from './post-page.ts';
import { bodyOf, fileNames, hashtagsOf, lineOf, ownText, pollText } from './words.ts';

type Post = TelegramAddress & { kind: 'post' };

/**
 * The content that a post is. The parts of an album are one: that of its first.
 * @throws AccessDenied for a post that Telegram shows in its apps only
 */
export function contentOf(asked: Post, page: PostPage): Omit<ParsedContent, 'parser_version'> {
  const album = albumOf(asked, page);
  const post: Post = { ...asked, id: album[0] ?? asked.id };
  const author = authorOf(asked, page);
  const [text, media, poll, body] = [ownText(page), mediaOf(page), pollText(page), bodyOf(page)];
  const appsOnly = page.withClass('message_media_not_supported').length > 0;
  if (body === null && media.length === 0 && appsOnly)
    throw new AccessDenied('Telegram shows the post in its apps only');
  return {
    platform_id: `${post.channel}/${post.id}`,
    canonical_url: urlOf(post),
    content_type: album.length > 1 ? 'album' : 'post',
    title: titleFrom(text) ?? titleFrom(poll) ?? fileNames(page)[0] ?? author.name,
    description: null,
    body_text: body,
    author,
    site_name: 'Telegram',
    language: null,
    published_at: parseDate(dateOf(page)),
    tags: tagsOf(hashtagsOf(page.withClass('js-message_text')[0] ?? page.first('text'))),
    is_nsfw: false,
    stats: statsOf({ view: lineOf(page.first('views'), 30), like: reactionsOf(page) }),
    media,
    raw_metadata: rawOf({
      album,
      edited: page
        .all('meta')
        .slice(0, 5)
        .some((mark) => /^edited/i.test(lineOf(mark) ?? '')),
      signed_by: lineOf(page.first('from_author'), 200),
      via_bot: lineOf(page.first('via_bot'), 200),
      forwarded_from: linkOf(page, 'forwarded_from_name'),
      replies_to: page.first('reply')?.attributes['href'] ?? null,
      link_preview: previewOf(page),
      apps_only_media: appsOnly,
      duration: lineOf(page.withClass('message_video_duration', 'tgme_widget_message_roundvideo_duration')[0], 20),
    }),
  };
}

/** Numbers of the posts of an album, the first one first; none where the post stands alone. */
function albumOf({ channel, id }: Post, page: PostPage): string[] {
  const [group] = page.all('grouped_wrap');
  const parts = ['photo_wrap', 'video_player'].flatMap((name) => page.below(group, `tgme_widget_message_${name}`));
  const ids = parts.flatMap(({ attributes }) => {
    const url = URL.parse(attributes['href'] ?? '', 'https://t.me/');
    const address = url && addressOf(url);
    return address?.kind === 'post' && address.channel === channel ? [address.id] : [];
  });
  return ids.length === 0 ? [] : [...new Set([id, ...ids])].sort((a, b) => Number(a) - Number(b));
}

/** The channel, or whoever wrote into a public group, whose name is all that the page tells. */
function authorOf({ channel }: Post, page: PostPage): NonNullable<ParsedContent['author']> & { name: string } {
  const [person] = page.all('author_name');
  const name = lineOf(person, 200) ?? lineOf(page.first('owner_name'), 200) ?? `@${channel}`;
  const [picture] = page.all('user_photo');
  const source = /<img[^>]{0,500}?\ssrc=["']([^"']{1,4000})["']/i.exec(picture?.inner ?? '')?.[1];
  return {
    id: person ? null : channel,
    name,
    url: person ? httpsUrl(person.attributes['href']) : `https://t.me/${channel}`,
    avatar_url: httpsUrl(source ?? backgroundOf(picture), 'https://t.me/'),
  };
}

function dateOf(page: PostPage): string | undefined {
  const dates = page.withClass('time').flatMap(({ attributes }) => attributes['datetime'] ?? []);
  return (
    dates.at(-1) ?? /<time[^>]{0,300}?\sdatetime=["']([^"']{1,40})["']/i.exec(page.first('date')?.inner ?? '')?.[1]
  );
}

/** All reactions together; undefined where none are shown. */
function reactionsOf(page: PostPage): number | undefined {
  const counts = page
    .withClass('tgme_reaction')
    .slice(0, 100)
    .flatMap((mark) => {
      const line = lineOf(mark, 100) ?? '';
      const number = line.replace(/[KM]$/, '');
      const from = trimEndOf(number, /[\d.,]/).length;
      return cleanCount(from < number.length ? line.slice(from) : undefined) ?? [];
    });
  return counts.length === 0 ? undefined : counts.reduce((sum, count) => sum + count, 0);
}

function linkOf(page: PostPage, name: string): object | null {
  const mark = page.first(name);
  return mark === undefined ? null : { name: lineOf(mark, 200), url: httpsUrl(mark.attributes['href']) };
}

function previewOf(page: PostPage): object | null {
  const preview = page.first('link_preview');
  if (preview === undefined) return null;
  const text = (name: string): string | null => lineOf(page.below(preview, name)[0], 1_000);
  return {
    url: httpsUrl(cleanLine(preview.attributes['href'], 4_000)),
    site: text('link_preview_site_name'),
    title: text('link_preview_title'),
    description: text('link_preview_description'),
  };
}
