import { placeOf } from '../hosts.ts';
import { avToBv, bvToAv } from './bv.ts';

/** A video, or one part of it. */
export interface VideoAddress {
  bvid: string;
  /** From 1. */
  part: number;
}

/** More parts than any video has. */
const maxPart = 100_000;
/** `/video/<id>`, of which the oldest form names the part as `index_2.html`; `/<id>` alone is redirected there. */
const videoPath = /^\/(?:(?:s\/|mobile\/)?video\/)?([^/.]+)(?:\.html|\/index_(\d+)\.html)?$/;
/** Pages that show the video which their query names: playlists, festivals, collections, the frames that other sites embed. */
const stagePath = /^\/(?:(?:list|festival|playlist|medialist\/play)\/[^/]+(?:\/p)?|video)$/;
/** Those of its event pages that are players. */
const boardPath = /^\/blackboard\/[\w/.-]*$/;
/** A collection that names the video in its path. */
const collectionPath = /^\/medialist\/(?:play|detail)\/[^/]+\/([^/]+)$/;
/** Short links may name the part as `/p2`. */
const shortPath = /^\/([^/]+)(?:\/p(\d+))?$/;

/** The video that an address shows; null for everything else. */
export function videoOf(url: URL): VideoAddress | null {
  const { on, path, query } = placeOf(url);
  const p = query.get('p') ?? query.get('page');
  if (on === 'site') {
    const [, id, index] = videoPath.exec(path) ?? [];
    const inPath = id ?? collectionPath.exec(path)?.[1];
    return (
      (inPath === undefined ? null : addressIn(inPath, index ?? query.get('p'))) ??
      (isStage(path) ? addressIn(idIn(query), p) : null)
    );
  }
  if (on === 'player.bilibili.com' && path === '/player.html') return addressIn(idIn(query), p);
  // Short links of the readable kind. The opaque ones must be followed: see short-link.ts.
  const [, id, part] = (on === 'short' || on === 'acg.tv' ? shortPath.exec(path) : null) ?? [];
  return id === undefined ? null : addressIn(id, part ?? query.get('p'));
}

function isStage(path: string): boolean {
  return stagePath.test(path) || (boardPath.test(path) && path.includes('player', '/blackboard/'.length));
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

/** Older pages write the number without `av`, and call it `oid` in a playlist. */
function idIn(query: URLSearchParams): string | null {
  const number = query.get('aid') ?? query.get('avid') ?? query.get('oid');
  return query.get('bvid') ?? (number === null ? null : `av${number.replace(/^av/i, '')}`);
}

function addressIn(id: string | null, p: string | null): VideoAddress | null {
  const bvid = id === null ? null : toBvid(id);
  if (bvid === null) return null;
  const part = /^\d{1,6}$/.test(p ?? '') ? Number(p) : 1;
  return { bvid, part: part >= 1 && part <= maxPart ? part : 1 };
}
