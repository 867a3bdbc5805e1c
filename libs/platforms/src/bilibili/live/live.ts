import { BadPayload, NotFound } from '@vaultstream/contracts';
import { membersOf } from '../../clean/json.ts';
import { cleanLine } from '../../clean/text.ts';
import { callApi, type BilibiliContext } from '../api.ts';
import { htmlBody } from '../article/html-body.ts';
import { chinaTime } from '../china-time.ts';
import { authorOf, bodyOf, mediaOf, memberAt, pictureOf, statsOf, tagsOf } from '../fields.ts';
import { numberId } from '../hosts.ts';
import { named, type Kind } from '../kind.ts';
import { optional } from '../optional.ts';
import { rawOf } from '../raw.ts';
import { roomOf, roomUrl } from './live-address.ts';

type Room = Readonly<Record<string, unknown>>;

/** Live rooms. Short numbers are other names of longer ones, which the API tells. */
export const live: Kind = {
  contentType: 'live',

  canonicalize(url) {
    const id = roomOf(url);
    return id === null ? null : named('live', roomUrl(id), id);
  },

  async read(url, ctx) {
    const asked = roomOf(url);
    if (asked === null) throw new Error(`not a room: ${url.href}`);
    const { id, room } = await findRoom(asked, ctx);
    const title = cleanLine(room['title'], 2_000) ?? cleanLine(room['uname'], 200);
    if (title === null) throw new BadPayload('Bilibili answered a room without a title');
    const face = await faceOf(room['uid'], ctx);
    return {
      content_type: 'live',
      platform_id: id,
      canonical_url: roomUrl(id),
      title,
      description: null,
      body_text: bodyOf(htmlBody(typeof room['description'] === 'string' ? room['description'] : '').text),
      author: authorOf(room['uid'], room['uname'], face),
      site_name: 'bilibili',
      language: null,
      published_at: chinaTime(room['live_time']),
      tags: tagsOf([room['parent_area_name'], room['area_name'], ...wordsOf(room['tags'])]),
      is_nsfw: false,
      stats: statsOf({ online: room['online'], follower: room['attention'] }),
      media: mediaOf([pictureOf(room['cover'], 'cover') ?? pictureOf(room['background'], 'cover')]),
      raw_metadata: rawOf(room),
    };
  },
};

/** The answer is keyed by the room's own number, which a short one does not tell. */
async function findRoom(asked: string, ctx: BilibiliContext): Promise<{ id: string; room: Room }> {
  const answer = await callApi(ctx, {
    host: 'api.live.bilibili.com',
    path: '/xlive/web-room/v1/index/getRoomBaseInfo',
    // The spelling is theirs.
    parameters: { req_biz: 'web_room_componet', room_ids: asked },
  });
  const rooms = Object.values(membersOf(memberAt(answer, 'by_room_ids'))).map(membersOf);
  const room = rooms.find((one) => [one['room_id'], one['short_id']].some((own) => cleanLine(own, 20) === asked));
  if (!room) throw new NotFound('there is no such room');
  return { id: numberId(cleanLine(room['room_id'], 20), 15) ?? asked, room };
}

/** The room's answer has no picture of its host. */
function faceOf(uid: unknown, ctx: BilibiliContext): Promise<unknown> {
  const id = cleanLine(uid, 20);
  if (id === null) return Promise.resolve(null);
  return optional(ctx, 'face', null, async () => {
    const parameters = { uid: id };
    const answer = await callApi(ctx, {
      host: 'api.live.bilibili.com',
      path: '/live_user/v1/Master/info',
      parameters,
    });
    return memberAt(answer, 'info', 'face');
  });
}

function wordsOf(tags: unknown): string[] {
  return typeof tags === 'string' ? tags.slice(0, 2_000).split(/[,，]/) : [];
}
