import { numberId, placeOf } from '../hosts.ts';

const roomPath = /^\/(?:(?:h5|blanc|mobile)\/)?(\d{1,15})$/;

/** The room that an address shows, by its own number or its short one; null for everything else. */
export function roomOf(url: URL): string | null {
  const { on, path } = placeOf(url);
  return on === 'live.bilibili.com' ? numberId(roomPath.exec(path)?.[1], 15) : null;
}

/** The one address of a room. */
export function roomUrl(id: string): string {
  return `https://live.bilibili.com/${id}`;
}
