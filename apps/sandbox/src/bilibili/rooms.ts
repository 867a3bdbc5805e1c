import { faceOf, personOf } from './people.ts';

/** The only room: its own number, and the short one that people share. */
export const room = { id: 5_440_123, short: 5440, mid: 9001 } as const;

/** `data` of `GET /xlive/web-room/v1/index/getRoomBaseInfo`: keyed by rooms' own numbers, empty where there is none. */
export function roomsOf(asked: string | null) {
  const known = asked === String(room.id) || asked === String(room.short);
  return { by_uids: {}, by_room_ids: known ? { [room.id]: roomData } : {} };
}

const roomData = {
  room_id: room.id,
  uid: room.mid,
  area_id: 376,
  area_name: '户外',
  parent_area_id: 11,
  parent_area_name: '生活',
  live_status: 1,
  live_url: `https://live.bilibili.com/${room.id}`,
  title: '渔港夜班直播',
  live_time: '2026-02-01 02:30:00',
  description: '<p>凌晨两点半开始。</p><p>没有解说。</p>',
  tags: '渔港,夜班',
  attention: 48_211,
  online: 1_204,
  short_id: room.short,
  uname: personOf(room.mid).name,
  cover: 'http://i0.hdslb.com/bfs/live/room-1280x720.jpg',
  background: '',
  live_id_str: '0',
};

/** `data` of `GET /live_user/v1/Master/info`; null for somebody without a room. */
export function hostOf(uid: string | null) {
  const { name, follower } = personOf(room.mid);
  if (uid !== String(room.mid)) return null;
  return {
    info: { uid: room.mid, uname: name, face: faceOf(room.mid), gender: -1 },
    follower_num: follower,
    room_id: room.id,
  };
}
