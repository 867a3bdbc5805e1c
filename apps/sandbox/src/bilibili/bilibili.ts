import { picture } from '../pictures/gallery.ts';
import { html, json, type Answer, type Exchange, type Service } from '../server/service.ts';
import { found, page } from './answers.ts';
import { articleData, articles } from './articles.ts';
import { cardOf, people } from './people.ts';
import { posts } from './posts.ts';
import { errorAnswer, refusalOf } from './refusals.ts';
import { hostOf, roomsOf } from './rooms.ts';
import { episodeIds, mediaId, mediaResult, seasonId, seasonResult } from './seasons.ts';
import { shortLink } from './short-links.ts';
import { aidOf, membersOnly, videos, type Video } from './videos.ts';
import { tagsOf, viewOf } from './view.ts';

const pictureHosts = ['i0.hdslb.com', 'i1.hdslb.com', 'i2.hdslb.com'];
const shortHosts = ['b23.tv', 'bili2233.cn'];
const pageHosts = ['www', 'm', 't', 'live', 'space'].map((name) => `${name}.bilibili.com`);

/** What each address of the API answers. */
const routes: Readonly<Record<string, (exchange: Exchange) => Answer>> = {
  '/x/web-interface/view': (exchange) => videoBy(exchange, viewOf),
  '/x/tag/archive/tags': (exchange) => videoBy(exchange, tagsOf),
  '/x/web-interface/card': ({ query }) => byId(query.get('mid'), (mid) => cardIf(people.get(Number(mid)))),
  '/x/article/view': ({ query }) => byId(query.get('id'), (id) => articleIf(articles.get(Number(id)))),
  '/x/polymer/web-dynamic/v1/opus/detail': (exchange) => postBy(exchange, 'opus'),
  '/x/polymer/web-dynamic/v1/detail': (exchange) => postBy(exchange, 'detail'),
  '/pgc/view/web/season': ({ query }) => {
    const [season, episode] = [query.get('season_id'), query.get('ep_id')];
    const known = Number(season) === seasonId || episodeIds.includes(Number(episode));
    return byId(season ?? episode, () => (known ? seasonResult : null), 'result');
  },
  '/pgc/review/user': ({ query }) =>
    byId(query.get('media_id'), (id) => (Number(id) === mediaId ? mediaResult : null), 'result'),
  '/xlive/web-room/v1/index/getRoomBaseInfo': ({ query }) => byId(query.get('room_ids'), roomsOf),
  '/live_user/v1/Master/info': ({ query }) => byId(query.get('uid'), hostOf),
};

/** Bilibili's API, its short links, its pictures and its pages (with nothing on them). Answers by id; some ids are refused: `refusals.ts`. */
export const bilibili: Service = {
  name: 'bilibili',
  hosts: ['api.bilibili.com', 'api.live.bilibili.com', ...shortHosts, ...pictureHosts, ...pageHosts],
  control: {},
  reset: () => undefined,
  answer(exchange) {
    const { host, path } = exchange;
    if (shortHosts.includes(host)) return shortLink(path);
    if (pictureHosts.includes(host)) return picture(path.slice(path.lastIndexOf('/') + 1)) ?? html('', 404);
    if (pageHosts.includes(host)) return page;
    return (Object.hasOwn(routes, path) ? routes[path]?.(exchange) : undefined) ?? errorAnswer(-404);
  },
  refuse: (status, retryAfterS) =>
    json(
      { code: -status, message: status === 412 ? 'request was banned' : `error ${status}`, ttl: 1 },
      status,
      status === 429 ? { 'retry-after': String(retryAfterS) } : {},
    ),
};

/** What stands under an id, the refusal that belongs to it, or "not there". */
function byId(id: string | null, look: (id: string) => unknown, name: 'data' | 'result' = 'data'): Answer {
  if (id === null || !/^\d+$/.test(id)) return errorAnswer(-400);
  const data = look(id);
  return refusalOf(id) ?? (data === null ? errorAnswer(-404) : found(data, name));
}

function videoBy({ query, headers }: Exchange, data: (video: Video) => unknown): Answer {
  const bvid = query.get('bvid');
  if (bvid === null && !query.has('aid')) return errorAnswer(-400);
  const aid = bvid === null ? Number(query.get('aid')) : aidOf(bvid);
  if (aid === membersOnly.aid) {
    const signedIn = /(?:^|;\s*)SESSDATA=[^;]+/.test(headers.cookie ?? '');
    const twin = signedIn ? videos.get(membersOnly.twin) : undefined;
    return twin ? found(data({ ...twin, aid: membersOnly.aid })) : errorAnswer(-403);
  }
  const video = videos.get(aid ?? 0);
  return refusalOf(String(aid)) ?? (video ? found(data(video)) : errorAnswer(-404));
}

/** Posts are shown to browsers only: those that have a cookie `buvid3`. */
function postBy({ query, headers }: Exchange, form: 'opus' | 'detail'): Answer {
  if (!/(?:^|;\s*)buvid3=[^;]+/.test(headers.cookie ?? '')) return errorAnswer(-352);
  return byId(query.get('id'), (id) => {
    const told = posts.get(id)?.[form] ?? null;
    return told === null || Object.hasOwn(told, 'fallback') ? told : { item: told };
  });
}

const cardIf = (person: Parameters<typeof cardOf>[0] | undefined) => (person ? cardOf(person) : null);
const articleIf = (article: Parameters<typeof articleData>[0] | undefined) => (article ? articleData(article) : null);
