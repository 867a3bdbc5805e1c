/** Somebody on GitHub. */
export const users = {
  lamps: { login: 'harbour-lamps', id: 9001, type: 'Organization' },
  mara: { login: 'mara-quill', id: 9002, type: 'User' },
} as const;

export type FakeUser = (typeof users)[keyof typeof users];

/** A repository, as far as the fake knows it. */
export interface FakeRepository {
  id: number;
  name: string;
  description: string | null;
  topics: readonly string[];
  stars: number;
  readme?: string;
  /** What it was called before. */
  once?: string;
}

/** Repositories of `harbour-lamps`. */
export const repositories: readonly FakeRepository[] = [
  {
    id: 1,
    name: 'lamp-keeper',
    description: 'Keeps forty lamps lit, every night',
    topics: ['lamps', 'harbour'],
    stars: 1_203,
    readme: `<!-- for editors -->
# Lamp keeper

[![CI](https://github.com/harbour-lamps/lamp-keeper/actions/workflows/ci.yml/badge.svg)](https://github.com/harbour-lamps/lamp-keeper/actions)

Keeps lamps lit &amp; clean.

![The quay at dusk](docs/quay-at-dusk-1200x675.jpg)
`,
    once: 'lamp-minder',
  },
  { id: 2, name: 'wicks', description: null, topics: [], stars: 0 },
];

/** An issue or a pull request of `lamp-keeper`. */
export interface FakeThread {
  number: number;
  title: string;
  body: string | null;
  by: FakeUser | null;
  labels: readonly string[];
  state: 'open' | 'closed';
  pull?: boolean;
}

export const threads: readonly FakeThread[] = [
  {
    number: 12,
    title: 'Lamp number 12 is not well',
    body: 'It blinks.\r\n\r\n![Lamp 12](https://user-images.githubusercontent.com/9002/lamp-twelve-800x800.jpg)\r\n',
    by: users.mara,
    labels: ['bug', 'good first issue'],
    state: 'open',
  },
  {
    number: 13,
    title: 'Trim the wick of lamp 12',
    body: 'Closes #12.',
    by: users.mara,
    labels: [],
    state: 'closed',
    pull: true,
  },
  { number: 14, title: 'By somebody who is gone', body: null, by: null, labels: [], state: 'closed' },
];

/** Releases of `lamp-keeper` by tag. */
export const releases: ReadonlyMap<string, { name: string; body: string }> = new Map([
  ['v1.2.0', { name: 'Brighter', body: '## Changes\n\n* Brighter\n* Less oil' }],
  ['@lamps/oil@1.0', { name: '', body: '' }],
]);

/** A gist. */
export const gist = {
  id: '0123456789abcdef0123456789abcdef',
  description: 'How to trim a wick',
  files: [
    { filename: 'wick.md', language: 'Markdown', content: '# Wick\n\nClean the glass first.\n' },
    { filename: 'trim.py', language: 'Python', content: 'def trim(wick):\n    return wick[:-1]\n' },
  ],
} as const;

/** Statuses that repositories of these names answer with. */
export const refusals: Readonly<Record<string, { status: number; message: string }>> = {
  forbidden: { status: 403, message: 'Resource not accessible by personal access token' },
  'taken-down': { status: 451, message: 'Repository access blocked' },
};
