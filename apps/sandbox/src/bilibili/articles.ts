import { faceOf, personOf } from './people.ts';

interface Article {
  id: number;
  mid: number;
  title: string;
  summary: string;
  publishTime: number;
  /** 0 with HTML, 3 with the editor's JSON. */
  type: 0 | 3;
  content: string;
  tags: string[];
  views: number;
}

const html = `<p>渔港的灯有三种颜色，各有各的意思。</p><figure class="img-box" contenteditable="false">
<img data-src="//i0.hdslb.com/bfs/article/lamps-1200x800.jpg@1256w_836h_!web-article-pic.webp" width="1200" height="800" data-size="183402">
<figcaption class="caption">防波堤尽头的绿灯</figcaption></figure><h1>红灯</h1><p>回港的船把它留在左边。</p>
<figure class="img-box"><img class="cut-off-5" src="https://i0.hdslb.com/bfs/article/line-300x10.png"></figure>
<ul><li><p>红：左舷</p></li><li><p>绿：右舷</p></li></ul><blockquote><p>“看灯，不看星。”</p></blockquote>`;

const ops = {
  ops: [
    { insert: '准备' },
    { attributes: { header: 2 }, insert: '\n' },
    { insert: '先量，再拆，' },
    { attributes: { bold: true }, insert: '最后才擦' },
    { insert: '。\n' },
    {
      insert: {
        'native-image': {
          alt: '透镜',
          url: 'https://i0.hdslb.com/bfs/article/lens-900x1200.png',
          width: 900,
          height: 1200,
          size: 220_113,
          status: 'loaded',
        },
      },
    },
    { insert: '\n一共三步' },
    { attributes: { list: 'ordered' }, insert: '\n' },
    { insert: '别用酒精' },
    { attributes: { list: 'ordered' }, insert: '\n' },
  ],
};

const list: readonly Article[] = [
  {
    id: 20001,
    mid: 9001,
    title: '怎么看懂渔港的灯',
    summary: '渔港的灯有三种颜色，各有各的意思。',
    publishTime: 1_767_312_000,
    type: 0,
    content: html,
    tags: ['渔港', '航标'],
    views: 20_411,
  },
  {
    id: 20002,
    mid: 9003,
    title: '修灯塔笔记：擦一面百年透镜',
    summary: '先量，再拆，最后才擦。',
    publishTime: 1_769_126_400,
    type: 3,
    content: JSON.stringify(ops),
    tags: [],
    views: 318,
  },
];

/** Articles by their cv number. */
export const articles: ReadonlyMap<number, Article> = new Map(list.map((article) => [article.id, article]));

/** `data` of `GET /x/article/view` (bilibili-API-collect, docs/article/view.md). */
export function articleData({ id, mid, title, summary, publishTime, type, content, tags, views }: Article) {
  const { name, follower } = personOf(mid);
  return {
    id,
    category: { id: 15, parent_id: 3, name: '日常' },
    categories: [
      { id: 3, parent_id: 0, name: '生活' },
      { id: 15, parent_id: 3, name: '日常' },
    ],
    title,
    summary,
    banner_url: '',
    author: { mid, name, face: faceOf(mid), fans: follower, level: 6 },
    image_urls: [`https://i0.hdslb.com/bfs/article/cover-${id}-960x540.jpg`],
    origin_image_urls: [`https://i0.hdslb.com/bfs/article/cover-${id}-960x540.jpg`],
    publish_time: publishTime,
    ctime: publishTime,
    mtime: publishTime + 600,
    stats: {
      view: views,
      favorite: Math.floor(views / 50),
      like: Math.floor(views / 20),
      dislike: 0,
      reply: Math.floor(views / 100),
      share: Math.floor(views / 300),
      coin: Math.floor(views / 80),
      dynamic: 0,
    },
    tags: tags.map((tag, index) => ({ tid: 700 + index, name: tag })),
    words: content.length,
    type,
    content,
    ...(type === 3 ? { opus: {} } : {}),
    dyn_id_str: `90000000000${id}0`,
  };
}
