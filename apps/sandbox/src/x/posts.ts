/** Somebody who posts. */
export interface Account {
  id: string;
  handle: string;
  name: string;
}

/** A post, as far as the fake knows it. */
export interface FakePost {
  id: string;
  by: Account;
  /** With plain links; every source wraps or unwraps them in its own way. */
  text: string;
  /** Seconds since the epoch. */
  at: number;
  language: string;
  likes: number;
  /** Names of pictures, such as `lamp-one-1200x800`. */
  pictures?: readonly string[];
  /** Name of the picture that stands for a film. */
  film?: string;
  gif?: string;
  poll?: readonly (readonly [label: string, votes: number])[];
  quotes?: string;
  repliesTo?: string;
  sensitive?: boolean;
  article?: { title: string; paragraphs: readonly string[]; cover: string };
}

const lamps: Account = { id: '9001', handle: 'harbour_lamps', name: 'Harbour Lamps' };
const quay: Account = { id: '9002', handle: 'QuayOffice', name: 'Quay Office <lost & found>' };

/** Id of a post of the fake: they count up from a real looking one. */
export const postId = (number: number): string => String(1_760_000_000_000_000_000n + BigInt(number));

const at = 1_772_432_100;
const common = { by: lamps, language: 'en', at, likes: 340 } as const;

const list: readonly FakePost[] = [
  {
    ...common,
    id: postId(1),
    text: 'Forty lamps along the old quay are lit again. Oil & wicks by @QuayOffice, glass by us. #harbour #lamps\n\nThe whole story: https://news.example.com/2026/03/harbour-lamps',
    pictures: ['quay-at-dusk-1200x675'],
  },
  {
    ...common,
    id: postId(2),
    text: 'One by one.',
    pictures: ['lamp-one-800x800', 'lamp-two-800x800', 'lamp-three-800x600', 'lamp-four-600x800'],
  },
  { ...common, id: postId(3), text: 'The lamps, seen from a boat.', film: 'from-a-boat-1280x720' },
  { ...common, id: postId(4), text: 'Number 12 is not well.', gif: 'blinking-lamp-480x270' },
  {
    ...common,
    id: postId(5),
    text: 'Which one next?',
    poll: [
      ['The red one', 120],
      ['The green one', 80],
    ],
  },
  { ...common, id: postId(6), by: quay, text: 'It was about time.', quotes: postId(1), likes: 12 },
  { ...common, id: postId(7), text: 'How to light a lamp, in three posts.\n\n1. Clean the glass.' },
  { ...common, id: postId(8), text: '2. Trim the wick.', repliesTo: postId(7), pictures: ['wick-640x480'] },
  { ...common, id: postId(9), text: '3. Strike a match. That is all.', repliesTo: postId(8) },
  { ...common, id: postId(10), text: 'We were asked how it went, so here is all of it. '.repeat(40).trim() },
  {
    ...common,
    id: postId(11),
    text: '',
    article: {
      title: 'A hundred and fifteen years of light',
      paragraphs: ['The first lamp was lit in 1911.', 'The last one went out in a storm.'],
      cover: 'first-lamp-1500x600',
    },
  },
  {
    ...common,
    id: postId(12),
    by: quay,
    text: '港口的灯又亮了。',
    language: 'zh',
    sensitive: true,
    pictures: ['fog-640x360'],
  },
  { ...common, id: postId(13), text: 'No picture, no link, no word too many.', likes: 0 },
];

/** Posts by id. */
export const posts: ReadonlyMap<string, FakePost> = new Map(list.map((post) => [post.id, post]));

/** Why there is no post under some ids. */
export type Absence = 'deleted' | 'suspended' | 'protected' | 'age-restricted';
export const absences: ReadonlyMap<string, Absence> = new Map([
  ['404', 'deleted'],
  ['403', 'suspended'],
  ['401', 'protected'],
  ['18', 'age-restricted'],
]);

/** Short codes of t.co, and where they lead. */
export const shortCodes: Readonly<Record<string, string>> = {
  lamps00001: `https://twitter.com/harbour_lamps/status/${postId(1)}?s=20&t=Ab`,
  boat000003: `https://x.com/harbour_lamps/status/${postId(3)}/video/1`,
  news000001: 'https://news.example.com/2026/03/harbour-lamps',
};

/** The posts of one author around a post, first to last. */
export function threadOf(post: FakePost): FakePost[] {
  const before = post.repliesTo === undefined ? undefined : posts.get(post.repliesTo);
  const start = before?.by === post.by ? threadOf(before).slice(0, 1)[0] : undefined;
  const run = [start ?? post];
  for (;;) {
    const last = run.at(-1);
    const next = list.find(({ repliesTo, by }) => repliesTo === last?.id && by === last?.by);
    if (!next) return run;
    run.push(next);
  }
}

/** Everybody who has answered it. */
export const replyCount = ({ id }: FakePost): number => list.filter(({ repliesTo }) => repliesTo === id).length;
