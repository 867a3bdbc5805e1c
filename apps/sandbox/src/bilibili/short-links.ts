import { html, type Answer } from '../server/service.ts';
import { bvidOf } from './ids.ts';
import { errorAnswer } from './refusals.ts';
import { room } from './rooms.ts';
import { aidOf } from './videos.ts';

/** Where codes lead: below the host. */
const codes: Readonly<Record<string, string>> = {
  harbor1: `www.bilibili.com/video/${bvidOf(170001)}`,
  night22: `www.bilibili.com/video/${bvidOf(170002)}`,
  lamps01: 'www.bilibili.com/read/mobile/20001',
  blues01: 'm.bilibili.com/dynamic/900000000000030001',
  keeper1: 'm.bilibili.com/bangumi/play/ss4000',
  shift01: `live.bilibili.com/${room.short}`,
  alan001: 'm.bilibili.com/space/9001',
  song001: 'www.bilibili.com/audio/au7',
};

/** `/<BV id>` and `/<code>` redirect to the page of a thing, with what tells who shared it; a dead code is JSON with status 200. */
export function shortLink(path: string): Answer {
  const code = path.slice(1);
  const video = aidOf(code) === null ? undefined : `www.bilibili.com/video/${code}`;
  const target = video ?? (Object.hasOwn(codes, code) ? codes[code] : undefined);
  if (target === undefined) return errorAnswer(-404);
  const location = `https://${target}?share_source=copy_web&vd_source=1f0c2d3e4a5b6c7d`;
  return { ...html(`<a href="${location}">Found</a>.`, 302), headers: { location, 'content-type': 'text/html' } };
}
