import { bvidOf } from './ids.ts';

/** Number of the only series; its page is `md400010`, its episodes `ep4001` and `ep4002`. */
export const seasonId = 4000;
/** Number of its page. */
export const mediaId = 400_010;
/** Numbers of its episodes. */
export const episodeIds: readonly number[] = [4001, 4002];

/** `result` of `GET /pgc/view/web/season` (bilibili-API-collect, docs/bangumi/info.md): times without a zone are those of China. */
export const seasonResult = {
  season_id: seasonId,
  media_id: mediaId,
  title: '灯塔物语',
  season_title: '灯塔物语',
  evaluate: '守塔人和来岛上过暑假的孙女。\n全两话。',
  cover: 'http://i0.hdslb.com/bfs/bangumi/poster-600x800.jpg',
  square_cover: '',
  type: 4,
  total: 2,
  styles: ['日常', '治愈'],
  areas: [{ id: 1, name: '中国大陆' }],
  new_ep: { id: 4002, title: '2', desc: '已完结, 全2话', is_new: 0 },
  publish: { pub_time: '2026-01-10 00:30:00', is_finish: 1, is_started: 1 },
  rating: { count: 8_069, score: 9.7 },
  up_info: {
    mid: 9002,
    uname: 'NightFerry <夜航> & 朋友们',
    avatar: 'http://i1.hdslb.com/bfs/face/face-9002-200x200.jpg',
  },
  episodes: episodeIds.map((id, index) => ({
    id,
    ep_id: id,
    aid: 170_010 + index,
    bvid: bvidOf(170_010 + index),
    title: String(index + 1),
    long_title: ['灯亮', '灯灭'][index] ?? '',
    cover: `http://i0.hdslb.com/bfs/archive/episode-${id}-960x540.jpg`,
    pub_time: 1_767_976_200 + index * 604_800,
    link: `https://www.bilibili.com/bangumi/play/ep${id}`,
  })),
  section: [],
  stat: {
    views: 3_210_045,
    likes: 40_201,
    favorites: 90_112,
    favorite: 77,
    coins: 20_880,
    danmakus: 15_322,
    reply: 4_410,
    share: 2_006,
  },
};

/** `result` of `GET /pgc/review/user`. */
export const mediaResult = {
  media: {
    media_id: mediaId,
    season_id: seasonId,
    title: '灯塔物语',
    type_name: '国创',
    rating: { count: 8_069, score: 9.7 },
  },
};
