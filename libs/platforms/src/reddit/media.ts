import { maxBodyText, type ParsedMedia } from '@vaultstream/contracts';
import { memberAt, sizeOf, uniqueMedia } from '../clean/content-fields.ts';
import { httpsUrl } from '../clean/http-url.ts';
import { itemsOf, membersOf } from '../clean/json.ts';
import { cleanLine, decodeEntities } from '../clean/text.ts';

type Post = Readonly<Record<string, unknown>>;

/** Names of files by what the gallery calls them. */
const endings: Readonly<Record<string, string>> = {
  'image/jpg': 'jpg',
  'image/jpeg': 'jpg',
  'image/png': 'png',
  'image/gif': 'gif',
  'image/webp': 'webp',
};
const pictureFile = /\.(?:jpe?g|png|gif|webp)$/i;
/** More pictures than a gallery (20) and a long text can have. */
const maxItems = 500;

/** What a post shows: its film after its picture, its gallery in order, its picture, those in its text, else what Reddit shows of its link. */
export function mediaOf(post: Post): ParsedMedia[] {
  const own = [filmOf(post), galleryOf(post), pictureOf(post), embeddedIn(post)].find((rows) => rows.length > 0);
  return uniqueMedia(own ?? previewOf(post, 'cover'));
}

/** True for a post whose film lies at Reddit. */
export function isFilm(post: Post): boolean {
  return filmOf(post).length > 0;
}

/** Reddit keeps pictures and sound apart: the address is that of the pictures. */
function filmOf(post: Post): ParsedMedia[] {
  const film = membersOf(
    memberAt(post, 'secure_media', 'reddit_video') ??
      memberAt(post, 'media', 'reddit_video') ??
      memberAt(post, 'preview', 'reddit_video_preview'),
  );
  const url = httpsUrl(decoded(film['fallback_url']));
  if (url === null) return [];
  const { origin, pathname } = new URL(url);
  return [
    ...previewOf(post, 'cover'),
    { kind: 'video', role: 'content', url: `${origin}${pathname}`, ...sizeOf(film['width'], film['height']) },
  ];
}

function galleryOf(post: Post): ParsedMedia[] {
  const files = membersOf(post['media_metadata']);
  const items = itemsOf(memberAt(post, 'gallery_data', 'items')).slice(0, maxItems);
  return items.flatMap((item) => fileOf(files, cleanLine(memberAt(item, 'media_id'), 50) ?? ''));
}

/** Pictures within a text, in the order in which it names them. */
function embeddedIn(post: Post): ParsedMedia[] {
  const files = membersOf(post['media_metadata']);
  const text = typeof post['selftext'] === 'string' ? post['selftext'].slice(0, maxBodyText) : '';
  const ids = Object.keys(files)
    .slice(0, maxItems)
    .filter((id) => text.includes(id));
  return ids.sort((a, b) => text.indexOf(a) - text.indexOf(b)).flatMap((id) => fileOf(files, id));
}

/** The whole file, which has the name of its id. */
function fileOf(files: Readonly<Record<string, unknown>>, id: string): ParsedMedia[] {
  const file = membersOf(Object.hasOwn(files, id) ? files[id] : null);
  if (file['status'] !== 'valid' || !/^Image|^AnimatedImage$/.test(cleanLine(file['e'], 30) ?? '')) return [];
  const source = membersOf(file['s']);
  const type = cleanLine(file['m'], 50) ?? '';
  const ending = Object.hasOwn(endings, type) ? endings[type] : undefined;
  const named = ending !== undefined && /^[a-z0-9]{5,40}$/i.test(id) ? `https://i.redd.it/${id}.${ending}` : null;
  const url = named ?? httpsUrl(decoded(source['u'] ?? source['gif']));
  return url === null ? [] : [{ kind: 'image', role: 'content', url, ...sizeOf(source['x'], source['y']) }];
}

/** A link to a picture, at Reddit or anywhere. */
function pictureOf(post: Post): ParsedMedia[] {
  const url = httpsUrl(decoded(post['url_overridden_by_dest'] ?? post['url']));
  if (url === null || !pictureFile.test(new URL(url).pathname)) return [];
  const [preview] = previewOf(post, 'content');
  return [{ ...preview, kind: 'image', role: 'content', url }];
}

function previewOf(post: Post, role: ParsedMedia['role']): ParsedMedia[] {
  const { url, width, height } = membersOf(memberAt(itemsOf(memberAt(post, 'preview', 'images'))[0], 'source'));
  const found = httpsUrl(decoded(url));
  return found === null ? [] : [{ kind: 'image', role, url: found, ...sizeOf(width, height) }];
}

/** Addresses come with their ampersands escaped unless `raw_json` is heard. */
function decoded(value: unknown): unknown {
  return typeof value === 'string' ? decodeEntities(value) : value;
}
