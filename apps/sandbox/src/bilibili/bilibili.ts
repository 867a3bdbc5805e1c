import { picture } from '../pictures/gallery.ts';
import { html, json, type Answer, type Exchange, type Service } from '../server/service.ts';
import { bvidOf } from './ids.ts';
import { aidOf, membersOnly, refusals, shortCodes, videos, type Video } from './videos.ts';
import { tagsOf, viewOf } from './view.ts';

const pictureHosts = ['i0.hdslb.com', 'i1.hdslb.com', 'i2.hdslb.com'];
const pageHosts = ['www.bilibili.com', 'm.bilibili.com'];
const notThere = { code: -404, message: '啥都木有' };

/** Bilibili's video API, its short links, its pictures and its pages (with nothing on them). Answers by id: see `videos.ts`. */
export const bilibili: Service = {
  name: 'bilibili',
  hosts: ['api.bilibili.com', 'b23.tv', ...pictureHosts, ...pageHosts],
  control: {},
  reset: () => undefined,
  answer(exchange) {
    const { host, path } = exchange;
    if (host === 'b23.tv') return shortLink(path);
    if (pictureHosts.includes(host)) return picture(path.slice(path.lastIndexOf('/') + 1)) ?? html('', 404);
    if (pageHosts.includes(host)) return html('<!doctype html><title>bilibili</title><div id="app"></div>');
    if (path === '/x/web-interface/view') return lookUp(exchange, viewOf);
    if (path === '/x/tag/archive/tags') return lookUp(exchange, tagsOf);
    return json({ ...notThere, ttl: 1 });
  },
  refuse: (status, retryAfterS) =>
    json(
      { code: -status, message: status === 412 ? 'request was banned' : `error ${status}`, ttl: 1 },
      status,
      status === 429 ? { 'retry-after': String(retryAfterS) } : {},
    ),
};

/** Errors come with HTTP 200 and a code in the body; only a ban is an HTTP status of its own. */
function lookUp({ query, headers }: Exchange, data: (video: Video) => unknown): Answer {
  const bvid = query.get('bvid');
  const aid = bvid === null ? Number(query.get('aid')) : aidOf(bvid);
  if (bvid === null && !query.has('aid')) return json({ code: -400, message: '请求错误', ttl: 1 });
  const refusal = aid === null ? notThere : refusals.get(aid);
  if (refusal) return json({ ...refusal, ttl: 1 }, refusal.code === -412 ? 412 : 200);
  if (aid === membersOnly.aid) {
    const signedIn = /(?:^|;\s*)SESSDATA=[^;]+/.test(headers.cookie ?? '');
    const twin = signedIn ? videos.get(membersOnly.twin) : undefined;
    if (!twin) return json({ code: -403, message: '访问权限不足', ttl: 1 });
    return json({ code: 0, message: '0', ttl: 1, data: data({ ...twin, aid: membersOnly.aid }) });
  }
  const video = videos.get(aid ?? 0);
  return json(video ? { code: 0, message: '0', ttl: 1, data: data(video) } : { ...notThere, ttl: 1 });
}

/** `/<BV id>` and `/<code>` redirect to the video's page; a dead code is JSON. */
function shortLink(path: string): Answer {
  const code = path.slice(1);
  const bvid = aidOf(code) === null ? undefined : code;
  const aid = Object.hasOwn(shortCodes, code) ? shortCodes[code] : undefined;
  const target = bvid ?? (aid === undefined ? undefined : bvidOf(aid));
  if (target === undefined) return json({ ...notThere, ttl: 1 });
  const location = `https://www.bilibili.com/video/${target}?share_source=copy_web&vd_source=1f0c2d3e4a5b6c7d`;
  return { status: 302, headers: { location, 'content-type': 'text/html' }, body: `<a href="${location}">Found</a>.` };
}
