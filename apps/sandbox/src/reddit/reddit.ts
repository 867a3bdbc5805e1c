import { film } from '../pictures/film.ts';
import { picture } from '../pictures/gallery.ts';
import { html, json, type Answer, type Service } from '../server/service.ts';
import { listingsOf } from './listing.ts';
import { closed, pictureId, posts, shortCodes } from './posts.ts';

const site = 'https://www.reddit.com';
/** What an address of the net gets that Reddit does not trust. */
const blocked =
  '<!doctype html><html><head><title>Blocked</title></head><body><h1>whoa there, pardner!</h1><p>Your request has been blocked due to a network policy.</p></body></html>';

/** Pictures of posts by what i.redd.it calls them. */
const files: ReadonlyMap<string, string> = new Map(
  [...posts.values()].flatMap((post) =>
    (post.pictures ?? []).map((name, index): [string, string] => [pictureId(post, index), name]),
  ),
);

/** Posts of Reddit as its pages get them, links that lead to them, and their files. */
export const reddit: Service = {
  name: 'reddit',
  hosts: ['www.reddit.com', 'i.redd.it', 'preview.redd.it', 'v.redd.it'],
  control: {},
  reset: () => undefined,
  answer({ host, path, headers }) {
    const name = path.slice(path.lastIndexOf('/') + 1);
    if (host === 'i.redd.it') return picture(files.get(name.replace(/\.\w+$/, '')) ?? '') ?? html('', 404);
    if (host === 'preview.redd.it') return picture(name) ?? html('', 404);
    if (host === 'v.redd.it') return name.endsWith('.mp4') ? film : redirect(`/video/${name}`);
    const target = Object.hasOwn(shortCodes, path) ? shortCodes[path] : undefined;
    if (target !== undefined) return redirect(target);
    // Without a name of its own, whoever asks is taken for a robot.
    if (!headers['user-agent']) return html(blocked, 403);
    return answerOf(/\/comments\/([0-9a-z]+)(?:\/[^.]*)?\.json$/.exec(path)?.[1]);
  },
  /** 403 is the block of an address; a closed subreddit says so by a post's id. */
  refuse: (status, retryAfterS) =>
    status === 403
      ? html(blocked, 403)
      : json(
          { message: status === 429 ? 'Too Many Requests' : 'error', error: status },
          status,
          status === 429 ? { 'x-ratelimit-remaining': '0.0', 'x-ratelimit-reset': String(retryAfterS) } : {},
        ),
};

function answerOf(id: string | undefined): Answer {
  if (id === undefined) return html('<!doctype html><title>reddit.com</title>');
  const refusal = Object.hasOwn(closed, id) ? closed[id] : undefined;
  if (refusal) return json({ reason: refusal.reason, message: 'Forbidden', error: refusal.status }, refusal.status);
  const post = posts.get(id);
  return post ? json(listingsOf(post)) : json({ message: 'Not Found', error: 404 }, 404);
}

const redirect = (path: string): Answer => html('', 301, { location: site + path });
