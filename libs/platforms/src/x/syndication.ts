import { AccessDenied, BadPayload, NotFound } from '@vaultstream/contracts';
import { raiseForStatus } from '@vaultstream/runtime';
import { membersOf, parseJson } from '../clean/json.ts';
import { cleanLine } from '../clean/text.ts';
import { ask, type Source, type Word } from './source.ts';
import { syndicationPost } from './syndication-post.ts';

/** What X says in the place of a post, in the language that we ask for, and what it means. */
const tombstones: readonly [said: RegExp, error: (text: string) => NotFound | AccessDenied][] = [
  [/suspended|no longer exists/i, (text) => new NotFound(text)],
  [/\bdeleted\b/i, (text) => new NotFound(text)],
  [/age-restricted|log ?in|limits who can (?:view|see)|protected|withheld/i, (text) => new AccessDenied(text)],
];

/** X's own endpoint for pages that embed a post: no account, no thread, no views. */
export const syndication: Source = {
  name: 'syndication',
  async read(id, ctx) {
    const url = new URL('https://cdn.syndication.twimg.com/tweet-result');
    for (const [name, value] of Object.entries({ id, lang: 'en', token: tokenOf(id) }))
      url.searchParams.set(name, value);
    const answer = await ask(url, ctx);
    if (answer.status === 404) return { kind: 'missing', withheld: false };
    raiseForStatus(answer);
    const raw = parseJson(answer.body);
    const given = membersOf(raw);
    if (given['__typename'] === 'TweetTombstone') return wordOf(given['tombstone']);
    if (isEmptyObject(raw)) return { kind: 'missing', withheld: false };
    const post = syndicationPost(raw);
    if (!post) throw new BadPayload('X answered a post without an id');
    return { kind: 'post', post, thread: [], raw };
  },
};

/** What X wants to see beside the id (https://github.com/vercel/react-tweet, `fetch-tweet.ts`): the id by 10^15 by pi, in base 36, without zeros. */
export function tokenOf(id: string): string {
  return ((Number(id) / 1e15) * Math.PI).toString(36).replace(/0+|\./g, '');
}

function wordOf(tombstone: unknown): Word {
  const text = cleanLine(membersOf(membersOf(tombstone)['text'])['text'], 300);
  const known = tombstones.find(([said]) => said.test(text ?? ''));
  return known && text !== null
    ? { kind: 'final', error: known[1](`X says: ${text}`) }
    : { kind: 'missing', withheld: true };
}

function isEmptyObject(value: unknown): boolean {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && Object.keys(value).length === 0;
}
