import { maxBodyText, type ParsedMedia } from '@vaultstream/contracts';
import { fileUrl, joined, memberAt, sizeOf, titleFrom } from '../clean/content-fields.ts';
import { cleanCount } from '../clean/counts.ts';
import { itemsOf, membersOf } from '../clean/json.ts';
import { cleanHtmlLine, cleanLine, cleanParagraphs } from '../clean/text.ts';
import { outgoing } from './address.ts';
import { bodyOf, type Body } from './body.ts';
import { authorOf, namesOf, statsIn, type Said } from './fields.ts';
import { pictureOf } from './pictures.ts';
import type { Data } from './sources.ts';

/** A pin (想法): a short text in pieces, with pictures, a film or a link; one that passes another on is one content with both texts. */
export function pinOf(data: Data): Said {
  const own = saidIn(data);
  const origin = membersOf(data['origin_pin'] ?? data['repin']);
  const passedOn = cleanLine(origin['id'], 30) === null ? null : saidIn(origin);
  const name = authorOf(origin['author'])?.name;
  const quoted = passedOn && joined([name ? `@${name}：` : null, passedOn.text], '\n');
  const excerpt = cleanHtmlLine(data['excerpt_title'], 200);
  return {
    title: cleanLine(own.title, 2_000) ?? titleFrom(excerpt ?? own.text) ?? titleFrom(passedOn?.text ?? null),
    description: null,
    body_text: cleanParagraphs(joined([own.text, quoted]), maxBodyText),
    media: [...own.media, ...(passedOn?.media ?? [])],
    tags: [...namesOf(data['topics']), ...namesOf(data['hash_tags'])],
    publishedAt: data['created'] ?? data['created_time'],
    editedAt: data['updated'] ?? data['updated_time'],
    stats: statsIn(data),
  };
}

function saidIn(data: Data): Body & { title: unknown } {
  const pieces = itemsOf(data['content']).map(membersOf);
  const read = pieces.map(pieceOf);
  const text = cleanParagraphs(joined(read.map((piece) => piece.text)), maxBodyText);
  const whole = text === null ? bodyOf(data['content_html']) : { text, media: [] };
  return {
    title: pieces.find(({ type, title }) => type === 'text' && title !== '')?.['title'],
    text: whole.text,
    media: [...read.flatMap(({ media }) => media), ...whole.media],
  };
}

function pieceOf(piece: Data): Body {
  const { type, content, url, original_url, width, height, title } = piece;
  if (type === 'text') return bodyOf(content);
  if (type === 'image') return { text: null, media: pictureOf(original_url ?? url, 'content', width, height) };
  if (type === 'video') return { text: null, media: filmOf(piece) };
  if (type !== 'link' && type !== 'link_card') return { text: null, media: [] };
  const address = typeof url === 'string' ? (outgoing(url)?.href ?? fileUrl(url)) : null;
  return { text: joined([cleanLine(title, 500), address], ' '), media: [] };
}

/** A film in its best quality, its picture before it. */
function filmOf(piece: Data): ParsedMedia[] {
  const info = { ...membersOf(piece['video_info']), ...piece };
  const list = info['playlist'];
  const qualities = Array.isArray(list) ? itemsOf(list) : Object.values(membersOf(list));
  const films = qualities.map(membersOf).flatMap((quality) => {
    const url = fileUrl(quality['url'] ?? quality['play_url']);
    const size = sizeOf(quality['width'], quality['height']);
    const rank = (size.width ?? 0) * (size.height ?? 0) || (cleanCount(quality['size']) ?? 0);
    return url === null ? [] : [{ url, size, rank }];
  });
  const best = films.sort((a, b) => b.rank - a.rank)[0];
  const poster = info['cover_info'] === undefined ? info['thumbnail'] : memberAt(info['cover_info'], 'thumbnail');
  return [
    ...pictureOf(poster, 'cover'),
    ...(best ? [{ kind: 'video' as const, role: 'content' as const, url: best.url, ...best.size }] : []),
  ];
}
