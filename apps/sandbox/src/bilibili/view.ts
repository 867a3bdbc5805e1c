import { bvidOf } from './ids.ts';
import type { Video } from './videos.ts';

/** `data` of `GET /x/web-interface/view` (bilibili-API-collect, docs/video/info.md): pictures by http, as they really are. */
export function viewOf(video: Video) {
  const { aid, title, desc, owner, pubdate, duration, views } = video;
  const dimension = { width: 1_920, height: 1_080, rotate: 0 };
  return {
    bvid: bvidOf(aid),
    aid,
    videos: 1,
    tid: 21,
    tname: '日常',
    copyright: 1,
    pic: `http://i0.hdslb.com/bfs/archive/video-${aid}-960x540.jpg`,
    title,
    pubdate,
    ctime: pubdate,
    desc,
    desc_v2: desc === '' ? null : [{ raw_text: desc, type: 1, biz_id: 0 }],
    state: 0,
    duration,
    rights: { bp: 0, elec: 0, download: 1, movie: 0, pay: 0, hd5: 1, no_reprint: 1 },
    owner: { ...owner, face: `http://i1.hdslb.com/bfs/face/face-${owner.mid}-200x200.jpg` },
    stat: {
      aid,
      view: views,
      danmaku: Math.floor(views / 90),
      reply: Math.floor(views / 120),
      favorite: Math.floor(views / 40),
      coin: Math.floor(views / 60),
      share: Math.floor(views / 300),
      now_rank: 0,
      his_rank: 0,
      like: Math.floor(views / 20),
      dislike: 0,
    },
    dynamic: '',
    cid: aid + 1_000_000,
    dimension,
    pages: [{ cid: aid + 1_000_000, page: 1, from: 'vupload', part: title, duration, dimension }],
    subtitle: { allow_submit: false, list: [] },
    honor_reply: {},
  };
}

/** `data` of `GET /x/tag/archive/tags`. */
export const tagsOf = (video: Video) => video.tags.map((tag_name, index) => ({ tag_id: 500 + index, tag_name }));
