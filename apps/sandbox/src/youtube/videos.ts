/** A video, as far as the fake knows it. */
export interface FakeVideo {
  id: string;
  title: string;
  description: string;
  keywords: readonly string[];
  seconds: number;
  views: number;
  likes: number;
  /** False: its largest picture is `sddefault`. */
  large: boolean;
  /** False: nobody may show it elsewhere, so oEmbed answers 401. */
  embeddable?: boolean;
  /** True: nobody below 18 should see it; the page tells what it is about all the same. */
  adult?: boolean;
  short?: boolean;
}

const list: readonly FakeVideo[] = [
  {
    id: 'HarbLamps01',
    title: 'Forty lamps, one night',
    description:
      'How the lamps along the old quay were lit again.\n\n0:00 Dusk\n4:30 The last one\n\nThe whole story: https://news.example.com/2026/03/harbour-lamps',
    keywords: ['harbour', 'lamps', 'night'],
    seconds: 754,
    views: 120_345,
    likes: 3_400,
    large: true,
  },
  {
    id: 'HarbWicks02',
    title: 'Trim a wick in 30 seconds',
    description: '',
    keywords: [],
    seconds: 30,
    views: 999,
    likes: 12,
    large: false,
    short: true,
  },
  {
    id: 'HarbClose03',
    title: 'Not to be shown elsewhere',
    description: 'The owner has asked for it.',
    keywords: ['lamps'],
    seconds: 61,
    views: 7,
    likes: 0,
    large: true,
    embeddable: false,
  },
  {
    id: 'HarbAdult18',
    title: 'What the keeper saw',
    description: 'Not for children.',
    keywords: [],
    seconds: 99,
    views: 18,
    likes: 1,
    large: true,
    embeddable: false,
    adult: true,
  },
];

/** Videos by id. */
export const videos: ReadonlyMap<string, FakeVideo> = new Map(list.map((video) => [video.id, video]));

/** A video that is not shown: what oEmbed answers, and what the player of its page says. */
export interface Refusal {
  embed: number;
  status: string;
  reason: string;
  more?: string;
}

/** Ids under which there is no video, and why. All others were never given out. */
export const refusals: Readonly<Record<string, Refusal>> = {
  HarbPrivate: { embed: 403, status: 'LOGIN_REQUIRED', reason: 'Private video' },
  HarbAgeOnly: { embed: 401, status: 'LOGIN_REQUIRED', reason: 'Sign in to confirm your age' },
  HarbRemoved: {
    embed: 403,
    status: 'UNPLAYABLE',
    reason: 'Video unavailable',
    more: 'This video has been removed by the uploader',
  },
  HarbCountry: {
    embed: 401,
    status: 'UNPLAYABLE',
    reason: 'Video unavailable',
    more: 'The uploader has not made this video available in your country',
  },
};
