import { normalizePercent } from '../url/percent.ts';
import { avToBv, bvToAv } from './bv.ts';

/** A video, or one part of it. */
export interface VideoAddress {
  bvid: string;
  /** From 1. */
  part: number;
}

/** More parts than any video has. */
const maxPart = 100_000;
const sites = new Set(['bilibili.com', 'www.bilibili.com', 'm.bilibili.com']);
const videoPath = /^\/(?:s\/)?video\/([^/]+)\/?$/;
/** Pages that show the video which their query names: playlists, festivals. */
const stagePath = /^\/(?:list|festival)\/[^/]+\/?$/;

/** The video that an address shows; null for everything else. */
export function videoOf(url: URL): VideoAddress | null {
  const host = url.hostname.replace(/\.$/, '');
  const path = normalizePercent(url.pathname);
  const query = url.searchParams;
  if (sites.has(host)) {
    const id = videoPath.exec(path)?.[1];
    if (id !== undefined) return address(id, query.get('p'));
    return stagePath.test(path) ? address(query.get('bvid'), query.get('p')) : null;
  }
  if (host === 'player.bilibili.com' && path === '/player.html')
    return address(query.get('bvid') ?? `av${query.get('aid')}`, query.get('p') ?? query.get('page'));
  // Short links of the readable kind. The opaque ones must be asked for: see short-link.ts.
  return host === 'b23.tv' ? address(path.replace(/^\/|\/$/g, ''), query.get('p')) : null;
}

/** The one address of a video. Its av number, its host, the way that it was found are not part of it. */
export function videoUrl({ bvid, part }: VideoAddress): string {
  return `https://www.bilibili.com/video/${bvid}${part > 1 ? `?p=${part}` : ''}`;
}

/** The BV id of `BV...` or `av...`; null for what is neither. The letters of a BV id have a case, `BV` and `av` have none. */
export function toBvid(id: string): string | null {
  const number = /^av(\d{1,16})$/i.exec(id)?.[1];
  const av = number === undefined ? bvToAv(id) : BigInt(number);
  return av === null ? null : avToBv(av);
}

function address(id: string | null, p: string | null): VideoAddress | null {
  const bvid = id === null ? null : toBvid(id);
  if (bvid === null) return null;
  const part = /^\d{1,6}$/.test(p ?? '') ? Number(p) : 1;
  return { bvid, part: part >= 1 && part <= maxPart ? part : 1 };
}
