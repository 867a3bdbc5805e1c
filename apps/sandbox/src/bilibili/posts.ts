import { bvidOf } from './ids.ts';
import { faceOf, personOf } from './people.ts';

/** A post, as both addresses of the API would tell it: null where one of them knows nothing. */
interface Post {
  opus: unknown;
  detail: unknown;
}

const stat = (likes: number) => ({
  like: { count: likes, forbidden: false },
  comment: { count: Math.floor(likes / 9), forbidden: false },
  forward: { count: Math.floor(likes / 20), forbidden: false },
});

function authorOf(mid: number, pubTs: number) {
  return {
    mid,
    name: personOf(mid).name,
    face: faceOf(mid),
    pub_ts: pubTs,
    pub_time: '01月02日',
    jump_url: `//space.bilibili.com/${mid}/dynamic`,
  };
}

const word = (words: string) => ({ type: 'TEXT_NODE_TYPE_WORD', word: { words, font_size: 17, style: {} } });
const rich = (kind: string, text: string, jump_url: string) => ({
  type: 'TEXT_NODE_TYPE_RICH',
  rich: { type: `RICH_TEXT_NODE_TYPE_${kind}`, text, orig_text: text, jump_url },
});

/** The newer form: modules in a list. */
function opusItem(
  id: string,
  mid: number,
  pubTs: number,
  likes: number,
  modules: readonly object[],
  basic: object = {},
) {
  return {
    id_str: id,
    type: 1,
    basic: { comment_id_str: '1', comment_type: 11, rid_str: '1', uid: mid, ...basic },
    modules: [
      ...modules,
      { module_type: 'MODULE_TYPE_AUTHOR', module_author: authorOf(mid, pubTs) },
      { module_type: 'MODULE_TYPE_STAT', module_stat: { ...stat(likes), coin: { count: 0 }, favorite: { count: 3 } } },
    ],
  };
}

/** The older form: modules in an object. */
function detailItem(id: string, type: string, mid: number, pubTs: number, moduleDynamic: object, orig: unknown = null) {
  return {
    id_str: id,
    type,
    visible: true,
    basic: { comment_id_str: id, comment_type: 17, rid_str: id },
    orig,
    modules: {
      module_author: { ...authorOf(mid, pubTs), pub_action: '', type: 'AUTHOR_TYPE_NORMAL' },
      module_dynamic: { additional: null, topic: null, desc: null, major: null, ...moduleDynamic },
      module_stat: stat(90),
    },
  };
}

const descOf = (text: string) => ({
  text,
  rich_text_nodes: [{ type: 'RICH_TEXT_NODE_TYPE_TEXT', text, orig_text: text }],
});

const fog = detailItem('900000000000030003', 'DYNAMIC_TYPE_DRAW', 9002, 1_768_176_000, {
  desc: descOf('起雾了，渡轮停航一天。'),
  topic: { id: 5, name: '海边生活', jump_url: 'https://m.bilibili.com/topic-detail?topic_id=5' },
  major: {
    type: 'MAJOR_TYPE_DRAW',
    draw: {
      id: 1,
      items: [
        { src: 'http://i0.hdslb.com/bfs/new_dyn/fog-1600x900.jpg', width: 1600, height: 900, size: 410.2, tags: [] },
      ],
    },
  },
});

const announced = detailItem('900000000000030004', 'DYNAMIC_TYPE_AV', 9001, 1_767_225_600, {
  major: {
    type: 'MAJOR_TYPE_ARCHIVE',
    archive: {
      aid: '170001',
      bvid: bvidOf(170001),
      title: '凌晨四点的渔港：第一批渔船靠岸',
      desc: '跟着老船长出海一晚。',
      cover: 'http://i0.hdslb.com/bfs/archive/video-170001-960x540.jpg',
      jump_url: `//www.bilibili.com/video/${bvidOf(170001)}/`,
      duration_text: '12:44',
      stat: { play: '12.8万', danmaku: '1426' },
      type: 1,
    },
  },
});

/** Posts by id: an album with a title, the post of an article, pictures in the older form, a video's announcement, two that pass others on, a paid one. */
export const posts: ReadonlyMap<string, Post> = new Map<string, Post>([
  [
    '900000000000030001',
    {
      opus: opusItem('900000000000030001', 9001, 1_767_398_400, 812, [
        { module_type: 'MODULE_TYPE_TITLE', module_title: { text: '渔港的九种蓝' } },
        {
          module_type: 'MODULE_TYPE_TOP',
          module_top: {
            display: {
              album: {
                pics: ['dawn', 'noon', 'dusk'].map((name) => ({
                  url: `http://i0.hdslb.com/bfs/new_dyn/${name}-1200x900.jpg@1036w.webp`,
                  width: 1200,
                  height: 900,
                  size: 300.5,
                  live_url: null,
                })),
              },
            },
          },
        },
        { module_type: 'MODULE_TYPE_TOPIC', module_topic: { id: 5, name: '海边生活' } },
        {
          module_type: 'MODULE_TYPE_CONTENT',
          module_content: {
            paragraphs: [
              {
                para_type: 1,
                align: 0,
                text: { nodes: [word('每个钟头一种颜色，'), rich('WEB', '网页链接', 'https://blog.example.org/')] },
              },
              {
                para_type: 1,
                align: 0,
                text: { nodes: [word('谢谢 '), rich('AT', '@修塔人老周', '//space.bilibili.com/9003')] },
              },
            ],
          },
        },
      ]),
      detail: null,
    },
  ],
  ['900000000000200020', { opus: { fallback: { id: 20002, type: 2 } }, detail: null }],
  ['900000000000030003', { opus: null, detail: fog }],
  ['900000000000030004', { opus: null, detail: announced }],
  [
    '900000000000030005',
    {
      opus: null,
      detail: detailItem(
        '900000000000030005',
        'DYNAMIC_TYPE_FORWARD',
        9003,
        1_768_200_000,
        { desc: descOf('雾号还在响。') },
        fog,
      ),
    },
  ],
  [
    '900000000000030006',
    {
      opus: null,
      detail: detailItem(
        '900000000000030006',
        'DYNAMIC_TYPE_FORWARD',
        9003,
        1_768_210_000,
        { desc: descOf('可惜') },
        {
          id_str: null,
          type: 'DYNAMIC_TYPE_NONE',
          modules: {
            module_author: null,
            module_dynamic: { major: { type: 'MAJOR_TYPE_NONE', none: { tips: '源动态已被作者删除' } } },
          },
        },
      ),
    },
  ],
  [
    '900000000000030007',
    {
      opus: opusItem('900000000000030007', 9002, 1_768_300_000, 5, [
        { module_type: 'MODULE_TYPE_BLOCKED', module_blocked: { hint_message: '该动态为充电专属' } },
      ]),
      detail: null,
    },
  ],
]);
