import { picture } from '../pictures/gallery.ts';
import { html, json, type Answer, type Service } from '../server/service.ts';
import { rest } from './rest.ts';

/** Seconds since 1970 at which the limit of the hour is over. */
const reset = (retryAfterS: number): string => String(Math.floor(Date.now() / 1_000) + retryAfterS);

/** GitHub's REST API, and the pictures that its answers name. A token is taken when it does not begin with `bad`. */
export const github: Service = {
  name: 'github',
  hosts: [
    'api.github.com',
    'raw.githubusercontent.com',
    'avatars.githubusercontent.com',
    'user-images.githubusercontent.com',
  ],
  control: {},
  reset: () => undefined,
  answer({ host, path, headers }) {
    if (host !== 'api.github.com') return file(path);
    // So does the real one with whoever does not say their name.
    if (!headers['user-agent']) return json({ message: 'Request forbidden by administrative rules.' }, 403);
    if (headers.authorization?.startsWith('Bearer bad')) return json({ message: 'Bad credentials' }, 401);
    const answer = rest(path);
    return { ...answer, headers: { ...answer.headers, 'x-ratelimit-limit': '60', 'x-ratelimit-remaining': '58' } };
  },
  /** 429 is the limit of the hour, which GitHub answers with 403 to whoever brings no token. */
  refuse: (status, retryAfterS) =>
    status === 429
      ? json({ message: 'API rate limit exceeded for 192.0.2.1.' }, 403, {
          ...{ 'x-ratelimit-limit': '60', 'x-ratelimit-remaining': '0', 'x-ratelimit-reset': reset(retryAfterS) },
        })
      : json({ message: status === 503 ? 'Service unavailable' : `error ${status}` }, status),
};

function file(path: string): Answer {
  const name = path.slice(path.lastIndexOf('/') + 1);
  return picture(/^\d+$/.test(name) ? `user-${name}-460x460.jpg` : name) ?? html('', 404);
}
