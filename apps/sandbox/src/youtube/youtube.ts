import { picture } from '../pictures/gallery.ts';
import { html, json, type Answer, type Service } from '../server/service.ts';
import { embedOf, pageOf, playerOf, refusedPlayer } from './page.ts';
import { refusals, videos } from './videos.ts';

const sizes: Readonly<Record<string, string>> = {
  ...{ maxresdefault: '1280x720', sddefault: '640x480', hqdefault: '480x360', mqdefault: '320x180', default: '120x90' },
};

/** What oEmbed and the pages of YouTube say of its videos, and their pictures. There are no films. */
export const youtube: Service = {
  name: 'youtube',
  hosts: ['www.youtube.com', 'consent.youtube.com', 'i.ytimg.com'],
  control: {},
  reset: () => undefined,
  answer({ host, path, query, headers }) {
    if (host === 'i.ytimg.com') return file(path);
    if (host === 'consent.youtube.com') return html('<!DOCTYPE html><title>Before you continue to YouTube</title>');
    if (path === '/oembed') return embed(query);
    return path === '/watch' ? watch(query, headers.cookie ?? '') : html('<!DOCTYPE html><title>YouTube</title>');
  },
  refuse: (status, retryAfterS) =>
    html(
      status === 429 ? '<title>429 Too Many Requests</title>' : `<title>${status}</title>`,
      status,
      status === 429 ? { 'retry-after': String(retryAfterS) } : {},
    ),
};

/** Plain words in place of JSON for everything but a video. */
function embed(query: URLSearchParams): Answer {
  const id = URL.parse(query.get('url') ?? '')?.searchParams.get('v') ?? '';
  const video = videos.get(id);
  const refused = Object.hasOwn(refusals, id) ? refusals[id] : undefined;
  if (video && video.embeddable !== false) return json(embedOf(video));
  const status = video ? 401 : (refused?.embed ?? (/^[\w-]{11}$/.test(id) ? 404 : 400));
  const words: Readonly<Record<number, string>> = {
    400: 'Bad Request',
    401: 'Unauthorized',
    403: 'Forbidden',
    404: 'Not Found',
  };
  return { status, headers: { 'content-type': 'text/html; charset=UTF-8' }, body: words[status] ?? '' };
}

/** Whoever has not said what cookies they want is asked first. */
function watch(query: URLSearchParams, cookie: string): Answer {
  const id = query.get('v') ?? '';
  const wanted = encodeURIComponent(`https://www.youtube.com/watch?v=${id}`);
  if (!/\b(?:SOCS|CONSENT|SID)=/.test(cookie))
    return html('', 302, { location: `https://consent.youtube.com/m?continue=${wanted}&gl=DE` });
  const video = videos.get(id);
  const refused = Object.hasOwn(refusals, id) ? refusals[id] : undefined;
  if (video) return html(pageOf(playerOf(video)));
  return html(pageOf(refusedPlayer(refused ?? { embed: 404, status: 'ERROR', reason: 'Video unavailable' })));
}

function file(path: string): Answer {
  const [, id = '', name = ''] = /^\/vi\/([\w-]{11})\/(\w+)\.jpg$/.exec(path) ?? [];
  const size = Object.hasOwn(sizes, name) ? sizes[name] : undefined;
  const video = videos.get(id);
  if (!video || size === undefined || (name === 'maxresdefault' && !video.large)) return html('', 404);
  return picture(`${id}-${size}.jpg`) ?? html('', 404);
}
