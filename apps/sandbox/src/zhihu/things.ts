/** Somebody who writes. */
export interface Person {
  id: string;
  token: string;
  name: string;
}

/** A thing of Zhihu, as far as the fake knows it. */
export interface FakeThing {
  kind: 'answer' | 'article' | 'question' | 'pin';
  id: string;
  title: string;
  /** HTML of the site's editor. */
  body: string;
  /** Null: somebody who hides their name. */
  by: Person | null;
  /** Seconds since the epoch. */
  at: number;
  topics: readonly string[];
  counts: readonly [likes: number, comments: number, collects: number];
  /** The question of an answer. */
  question?: string;
  /** The picture above an article, or of the film of a pin. */
  cover?: string;
  /** Pictures of a pin. */
  pictures?: readonly string[];
  /** True: the API wants a signature; only the page has it. */
  onlyPage?: boolean;
}

const keeper: Person = { id: '0f1e2d3c4b5a69788796a5b4c3d2e1f0', token: 'xiu-ta-lao-zhou', name: '修塔人老周' };
const alan: Person = { id: '1f1e2d3c4b5a69788796a5b4c3d2e1f0', token: 'hai-bian-alan', name: '海边的阿岚' };

const formula =
  '<img src="https://www.zhihu.com/equation?tex=d%3D3.57%5Csqrt%7Bh%7D" alt="d=3.57\\sqrt{h}" eeimg="1"/>';
const out = (address: string, words: string): string =>
  `<a href="https://link.zhihu.com/?target=${encodeURIComponent(address)}" class=" external" target="_blank" rel="nofollow noreferrer">${words}</a>`;

/** A picture as the editor writes it: twice, the second one late. */
export function figure(name: string, caption: string): string {
  const [, width = '', height = ''] = /-(\d+)x(\d+)$/.exec(name) ?? [];
  const [copy, original] = [
    `https://pic1.zhimg.com/v2-${name}_720w.jpg`,
    `https://pic1.zhimg.com/v2-${name}_r.jpg?source=1`,
  ];
  return `<figure data-size="normal"><noscript><img src="${copy}" data-original="${original}"/></noscript><img src="data:image/svg+xml;utf8,&lt;svg&gt;&lt;/svg&gt;" data-rawwidth="${width}" data-rawheight="${height}" class="origin_image zh-lightbox-thumb lazy" data-original="${original}" data-actualsrc="${copy}"/><figcaption>${caption}</figcaption></figure>`;
}

const list: readonly FakeThing[] = [
  {
    ...{ kind: 'question', id: '20000001', title: '灯塔的光能照多远？', by: alan, at: 1_600_000_000 },
    ...{ body: `<p>站在岸上看，和在船上看一样吗？</p>${figure('shore-800x600', '岸上')}`, topics: ['灯塔', '光学'] },
    counts: [0, 9, 0],
  },
  {
    ...{
      kind: 'answer',
      id: '30000001',
      title: '灯塔的光能照多远？',
      question: '20000001',
      by: keeper,
      at: 1_700_000_000,
    },
    body: `<p>射程由高度决定：${formula}，单位是公里。</p>${figure('beam-1200x800', '四十米高')}<ul><li>晴天二十二海里</li><li>雾天三海里</li></ul><p>记录在${out('https://journal.example.com/lamps', '灯塔日志')}。</p>`,
    ...{ topics: ['灯塔', '光学'], counts: [1_234, 56, 89] },
  },
  {
    ...{
      kind: 'answer',
      id: '30000002',
      title: '灯塔的光能照多远？',
      question: '20000001',
      by: null,
      at: 1_700_100_000,
    },
    ...{ body: '<p>我只见过雾。</p>', topics: ['灯塔'], counts: [3, 0, 1], onlyPage: true },
  },
  {
    ...{ kind: 'article', id: '600000001', title: '一座灯塔的一百二十年', by: keeper, at: 1_690_000_000 },
    ...{ cover: 'tower-1280x720', topics: ['历史'], counts: [321, 12, 45] },
    body: `<h2>一九零五年</h2><p>点灯。</p>${figure('lens-960x640', '透镜')}<pre><code>h = 40\nd = 22</code></pre>`,
  },
  {
    ...{
      kind: 'pin',
      id: '1700000000000000001',
      title: '',
      by: alan,
      at: 1_680_000_000,
      body: '雾散了。<br>海是蓝的。',
    },
    ...{ pictures: ['blue-1080x1440'], topics: ['大海'], counts: [22, 3, 1] },
  },
  {
    ...{ kind: 'pin', id: '1700000000000000002', title: '', by: keeper, at: 1_681_000_000, body: '换灯的四分钟' },
    ...{ cover: 'change-1280x720', topics: [], counts: [2, 0, 0] },
  },
];

/** Things by kind and id, such as `answer/30000001`. */
export const things: ReadonlyMap<string, FakeThing> = new Map(
  list.map((thing) => [`${thing.kind}/${thing.id}`, thing]),
);
