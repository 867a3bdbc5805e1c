import { html, json, type Answer, type Exchange, type Service } from '../server/service.ts';
import { file } from './files.ts';
import { fxTwitter } from './fx.ts';
import { shortCodes } from './posts.ts';
import { syndication } from './syndication.ts';
import { vxTwitter } from './vx.ts';

const files = ['pbs.twimg.com', 'video.twimg.com'];
const pages = ['x.com', 'twitter.com'];

/** What is asked for posts of X, its files, its short links and its pages (with nothing on them). Answers by id: see `posts.ts`. */
export const x: Service = {
  name: 'x',
  hosts: ['api.fxtwitter.com', 'api.vxtwitter.com', 'cdn.syndication.twimg.com', 't.co', ...files, ...pages],
  control: {},
  reset: () => undefined,
  answer(exchange) {
    const { host, path, query } = exchange;
    if (host === 'api.fxtwitter.com') return fxTwitter(path);
    if (host === 'api.vxtwitter.com') return vxTwitter(path);
    if (host === 'cdn.syndication.twimg.com') return syndication(path, query);
    if (host === 't.co') return shortLink(exchange);
    return files.includes(host) ? file(host, path) : html('<!doctype html><title>X</title><div id="react-root"></div>');
  },
  refuse: (status, retryAfterS) =>
    json(
      { code: status, message: status === 429 ? 'Too many requests' : `error ${status}` },
      status,
      status === 429 ? { 'retry-after': String(retryAfterS) } : {},
    ),
};

/** A browser gets a page that leads on by itself, everybody else a redirect. */
function shortLink({ path, headers }: Exchange): Answer {
  const code = path.slice(1);
  const target = Object.hasOwn(shortCodes, code) ? shortCodes[code] : undefined;
  if (target === undefined) return html('<h1>Page not found</h1>', 404);
  if (!headers['user-agent']?.startsWith('Mozilla/'))
    return { status: 301, headers: { location: target, 'content-type': 'text/html' }, body: '' };
  const written = target.replaceAll('&', '&amp;');
  return html(
    `<head><noscript><META http-equiv="refresh" content="0;URL=${written}"></noscript><title>${written}</title></head>`,
  );
}
