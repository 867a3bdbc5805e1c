/** A post of a public channel, as far as the fake knows it. */
export interface FakePost {
  id: number;
  /** HTML as Telegram writes it; undefined: not a word. */
  text?: string;
  /** Names of pictures, such as `lamp-one-800x800`. */
  pictures?: readonly string[];
  /** Name of the picture that stands for a film. */
  film?: string;
  /** True: the film is round. */
  round?: boolean;
  poll?: { question: string; options: readonly (readonly [label: string, percent: number])[] };
  /** Number of the post that it answers. */
  answers?: number;
  /** Somebody whose post it passes on. */
  from?: string;
  edited?: boolean;
  views: string;
}

const tag = (name: string): string => `<a href="?q=%23${encodeURIComponent(name)}">#${name}</a>`;
const story = 'https://news.example.com/2026/03/harbour-lamps';

const list: readonly FakePost[] = [
  {
    id: 101,
    text: `Forty lamps along the old quay are <b>lit</b> again. Oil &amp; wicks by <a href="https://t.me/quay_office" target="_blank">@quay_office</a>.<br/><br/>The whole story: <a href="${story}" target="_blank" rel="noopener">${story}</a> ${tag('harbour')} ${tag('lamps')}`,
    pictures: ['quay-at-dusk-1200x675'],
    edited: true,
    views: '10.2K',
  },
  { id: 102, pictures: ['lamp-twelve-800x800'], views: '987' },
  {
    id: 103,
    text: 'One by one.',
    pictures: ['lamp-one-800x800', 'lamp-two-800x800', 'lamp-three-800x600'],
    views: '1.5K',
  },
  { id: 106, text: 'The lamps, seen from a boat.', film: 'from-a-boat-1280x720', views: '2K' },
  { id: 107, film: 'keeper-480x480', round: true, views: '300' },
  {
    id: 108,
    poll: {
      question: 'Which one next?',
      options: [
        ['The red one', 60],
        ['The green one', 40],
      ],
    },
    views: '1.1K',
  },
  { id: 109, text: 'All of them.', answers: 101, views: '42' },
  { id: 110, text: 'The quay is closed on Monday.', from: 'Quay Office', views: '640' },
  { id: 111, text: 'No picture, no link, no word too many.', views: '1' },
];

/** Posts of the channel `harbour_lamps` by number; the parts of an album are one, under each of their numbers. */
export const posts: ReadonlyMap<number, FakePost> = new Map(
  list.flatMap((post) => partsOf(post).map((id): [number, FakePost] => [id, post])),
);

/** Numbers of the parts of an album, one a picture; else the post's own. */
export function partsOf({ id, pictures = [] }: FakePost): number[] {
  return pictures.length > 1 ? pictures.map((_, index) => id + index) : [id];
}
