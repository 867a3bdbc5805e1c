import type { MediaKind, MediaRole } from '@vaultstream/contracts';
import type { OldRow } from '@vaultstream/store';
import { array, count, json, object, text } from './values.ts';

/** A picture or video that an old content shows, and where the old version may have kept its bytes. */
export interface OldMedia {
  kind: MediaKind;
  role: MediaRole;
  /** Where it came from; what the old version called it where that is not known. */
  originUrl: string;
  /** As written: not to be trusted. */
  storedKey: string | null;
  /** Pixels. */
  width: number | null;
  height: number | null;
}

/** Of one content. */
const maxMedia = 1_000;
const maxUrlBytes = 2_000;
const videoName = /\.(mp4|webm|mov|mkv|avi|ogg|m4v)(?:[?#]|$)/i;
/** How later versions write a file of their own where an address is expected. */
const localScheme = /^local:\/\//;

/** Pictures and videos in the order of the page, each (role, address) once. */
export function oldMedia(row: OldRow, archive: Record<string, unknown>): OldMedia[] {
  const stored = [...array(archive['stored_images']), ...array(archive['stored_videos'])].map(object);
  const found = [
    ...array(archive['images']).map((item) => fromArchive(object(item), 'image', stored)),
    ...array(archive['stored_images']).map((item) => fromArchive(object(item), 'image', [])),
    ...array(archive['videos']).map((item) => fromArchive(object(item), 'video', stored)),
    ...array(archive['stored_videos']).map((item) => fromArchive(object(item), 'video', [])),
    ...array(json(row['media_urls'])).map((url) => fromUrl(url, 'content')),
    fromUrl(row['cover_url'], 'cover'),
    fromUrl(row['author_avatar_url'], 'avatar'),
  ];
  const distinct = new Map<string, OldMedia>();
  const keys = new Map<string, string>();
  for (const media of found) {
    if (media === null || Buffer.byteLength(media.originUrl) > maxUrlBytes || distinct.size >= maxMedia) continue;
    const name = `${media.role} ${media.originUrl}`;
    const known = distinct.get(name);
    if (!known) distinct.set(name, media);
    else known.storedKey ??= media.storedKey;
    if (media.storedKey !== null) keys.set(media.originUrl, media.storedKey);
  }
  const all = [...distinct.values()];
  // The cover is mostly one of the pictures.
  for (const media of all) media.storedKey ??= keys.get(media.originUrl) ?? null;
  const named = new Set(all.flatMap(({ originUrl, storedKey }) => (isHttp(originUrl) && storedKey ? [storedKey] : [])));
  return all.filter((m) => isHttp(m.originUrl) || m.role !== 'content' || !named.has(m.storedKey ?? ''));
}

function fromArchive(
  item: Record<string, unknown>,
  kind: MediaKind,
  stored: readonly Record<string, unknown>[],
): OldMedia | null {
  const url = firstText(item['orig_url'], item['original_url'], item['origin_url'], item['url']);
  const twin = stored.find((other) => [other['orig_url'], other['original_url'], other['url']].includes(url)) ?? {};
  const key = firstText(item['stored_key'], item['key'], twin['stored_key'], twin['key']) ?? localKey(url);
  const originUrl = url ?? (key === null ? null : `local://${key}`);
  if (originUrl === null || !(isHttp(originUrl) || localScheme.test(originUrl))) return null;
  const role = item['type'] === 'avatar' ? 'avatar' : 'content';
  const size = (name: string) => pixels(item[`stored_${name}`] ?? twin[name] ?? item[name]);
  return { kind, role, originUrl, storedKey: key, width: size('width'), height: size('height') };
}

function fromUrl(value: unknown, role: MediaRole): OldMedia | null {
  const url = firstText(value);
  if (url === null || !(isHttp(url) || localScheme.test(url))) return null;
  const kind = role === 'content' && videoName.test(url) ? 'video' : 'image';
  return { kind, role, originUrl: url, storedKey: localKey(url), width: null, height: null };
}

const localKey = (url: string | null): string | null =>
  url !== null && localScheme.test(url) ? url.replace(localScheme, '') : null;

/** True for what can be fetched again. */
export const isHttp = (url: string): boolean => /^https?:\/\/./i.test(url) && URL.canParse(url);

function firstText(...values: unknown[]): string | null {
  for (const value of values) {
    const found = typeof value === 'string' ? text(value.replaceAll('\u0000', ''), 8_192) : null;
    if (found !== null) return found.startsWith('//') ? `https:${found}` : found;
  }
  return null;
}

function pixels(value: unknown): number | null {
  const number = count(value);
  return number !== null && Number.isInteger(number) && number > 0 && number <= 65_535 ? number : null;
}
