/** A post, as far as the fake knows it. */
export interface FakePost {
  id: string;
  subreddit: string;
  title: string;
  author: string;
  /** Markdown. */
  text?: string;
  /** Names of pictures, such as `lamp-one-800x600.png`: one is a picture, more are a gallery. */
  pictures?: readonly string[];
  /** Name of the picture that stands for a film. */
  film?: string;
  link?: string;
  /** Id of the post that it passes on. */
  passesOn?: string;
  score: number;
  adult?: boolean;
  spoiler?: boolean;
  flair?: string;
  /** Who has removed it. */
  removedBy?: 'deleted' | 'moderator';
}

const common = { subreddit: 'lighthouses', author: 'quay_office', score: 341 } as const;

const list: readonly FakePost[] = [
  {
    ...common,
    id: '1harbr1',
    title: 'The lamps along the old quay are lit again',
    text: 'Forty of them, **all** by hand.\n\n&#x200B;\n\nThe [whole story](https://news.example.com/2026/03/harbour-lamps).',
    flair: 'News',
  },
  { ...common, id: '1harbr2', title: 'The quay at dusk', pictures: ['quay-at-dusk-1200x675.jpg'], spoiler: true },
  {
    ...common,
    id: '1harbr3',
    title: 'One by one',
    pictures: ['lamp-one-800x800.png', 'lamp-two-800x800.jpg', 'lamp-three-800x600.jpg'],
  },
  {
    ...common,
    id: '1harbr4',
    title: 'Seen from a boat',
    author: 'mara_quill',
    subreddit: 'boats',
    film: 'from-a-boat-1280x720',
  },
  { ...common, id: '1harbr5', title: 'Look what they made', passesOn: '1harbr4', score: 12 },
  { ...common, id: '1harbr6', title: 'In the news', link: 'https://news.example.com/2026/03/harbour-lamps' },
  { ...common, id: '1harbr7', title: 'Not for children', pictures: ['fog-640x360.jpg'], adult: true },
  { ...common, id: '1harbr8', title: 'No picture, no link, no word too many', score: 0 },
  { ...common, id: 'gone1', title: 'I should not have', text: '[deleted]', author: '[deleted]', removedBy: 'deleted' },
  { ...common, id: 'gone2', title: 'Buy my lamps', text: '[removed]', removedBy: 'moderator' },
];

/** Posts by id. */
export const posts: ReadonlyMap<string, FakePost> = new Map(list.map((post) => [post.id, post]));

/** Why subreddits show nothing, by the id of a post in them. */
export const closed: Readonly<Record<string, { status: number; reason: string }>> = {
  '403': { status: 403, reason: 'private' },
  '18': { status: 403, reason: 'quarantined' },
  '410': { status: 404, reason: 'banned' },
};

/** Codes of share links and ids of films, and the paths that they lead to. */
export const shortCodes: Readonly<Record<string, string>> = {
  '/r/lighthouses/s/HarbLamp01': '/r/lighthouses/comments/1harbr1/the_lamps/?share_id=x&utm_name=ios',
  '/r/lighthouses/s/HarbSub002': '/r/lighthouses/?share_id=x',
  '/video/1harbr4film': '/r/boats/comments/1harbr4/seen_from_a_boat/',
};

/** The film of a post: what v.redd.it calls it. */
export const filmId = ({ id }: FakePost): string => `${id}film`;
/** A picture of a post: what i.redd.it calls it. */
export const pictureId = ({ id }: FakePost, index: number): string => `${id}pic${index}`;
