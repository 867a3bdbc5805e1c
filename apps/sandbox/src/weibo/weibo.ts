import { film } from '../pictures/film.ts';
import { picture } from '../pictures/gallery.ts';
import { html, json, type Answer, type Exchange, type Service } from '../server/service.ts';
import { desktopOf, mobileOf } from './shapes.ts';
import { shortCodes, statuses, type FakeStatus } from './statuses.ts';

const sites = ['weibo.com', 'm.weibo.cn'];
const shortHosts = ['t.cn', 'mapp.api.weibo.cn'];
const pictureHosts = ['wx1.sinaimg.cn', 'tvax1.sinaimg.cn'];
const filmHosts = ['f.video.weibocdn.com', 'livephoto.us.sinaimg.cn'];
const doors = ['passport.weibo.com'];

/** A number that is refused, and how by its end: `9999999999000404`. */
const refused = /^9{10}0*([1-9]\d*)$/;

/** The APIs of both sites of Weibo, short links, pictures and films. Answers by either name of a status: see `statuses.ts`. */
export const weibo: Service = {
  name: 'weibo',
  hosts: [...sites, ...shortHosts, ...pictureHosts, ...filmHosts, ...doors],
  control: {},
  reset: () => undefined,
  answer(exchange) {
    const { host, path } = exchange;
    if (shortHosts.includes(host)) return shortLink(path);
    if (pictureHosts.includes(host) || filmHosts.includes(host)) return file(exchange);
    if (host === 'weibo.com' && path === '/ajax/statuses/show') return shown(exchange, desktopOf);
    if (host === 'm.weibo.cn' && path === '/statuses/show')
      return shown(exchange, (status) => ({ ok: 1, data: mobileOf(status) }));
    if (path === '/ajax/statuses/longtext' || path === '/statuses/extend') return longText(exchange);
    return html('<!doctype html><title>Sina Visitor System</title>');
  },
  refuse: (status, retryAfterS) =>
    json({ ok: 0, message: `error ${status}` }, status, status === 429 ? { 'retry-after': String(retryAfterS) } : {}),
};

function shown({ query, headers, host }: Exchange, shape: (status: FakeStatus) => object): Answer {
  const id = query.get('id') ?? '';
  const code = refused.exec(id)?.[1];
  if (code !== undefined) return refusal(code, host);
  const status = statuses.get(id);
  if (!status) return refusal('404', host);
  const known = /(?:^|;\s*)SUB=[^;]+/.test(headers.cookie ?? '');
  return status.forAccounts === true && !known ? refusal('100', host) : json(shape(status));
}

/** In the words of each site: 404 deleted, 403 for some only, 100 a login, 302 a visitor's cookie, 429 too often, 432 risk control. */
function refusal(code: string, host: string): Answer {
  const desktop = host === 'weibo.com';
  const location = `https://passport.weibo.com/visitor/visitor?entry=miniblog&a=enter&url=${encodeURIComponent(`https://${host}/`)}`;
  if (code === '404')
    return desktop
      ? json({ ok: 0, message: '该微博不存在', error_code: 20101 }, 400)
      : json({ ok: 0, msg: '微博不存在或暂无查看权限!' });
  if (code === '403')
    return desktop
      ? json({ ok: 0, message: '由于作者隐私设置，你没有权限查看此微博', error_code: 20112 }, 403)
      : json({ ok: 0, msg: '暂无查看权限' });
  if (code === '100') return json({ ok: -100, url: 'https://passport.weibo.com/sso/signin?entry=general' });
  if (code === '302') return { ...html('', 302), headers: { location, 'content-type': 'text/html' } };
  if (code === '429') return json({ ok: 0, message: 'User requests out of rate limit!', error_code: 10023 });
  return html('', /^(?:418|432|5\d\d)$/.test(code) ? Number(code) : 404);
}

function longText({ query }: Exchange): Answer {
  const longTextContent = statuses.get(query.get('id') ?? '')?.longText;
  if (longTextContent === undefined) return json({ ok: 0, message: '系统繁忙' });
  const url_struct = [{ short_url: 'http://t.cn/A6lamps1', long_url: shortCodes['A6lamps1'], url_title: '网页链接' }];
  return json({ ok: 1, http_code: 200, data: { longTextContent, url_struct } });
}

function shortLink(path: string): Answer {
  const code = /^\/(?:fx\/)?(\w+)/.exec(path)?.[1] ?? '';
  const location = Object.hasOwn(shortCodes, code) ? shortCodes[code] : undefined;
  if (location === undefined) return html('<title>微博</title><p>页面不存在', 404);
  return { ...html('', 302), headers: { location, 'content-type': 'text/html' } };
}

/** As the real hosts, they answer 403 to whoever does not come from Weibo. */
function file({ host, path, headers }: Exchange): Answer {
  if (!headers.referer?.startsWith('https://weibo.com/')) return html('<h1>403 Forbidden</h1>', 403);
  if (filmHosts.includes(host)) return film;
  return picture(path.slice(path.lastIndexOf('/') + 1)) ?? html('', 404);
}
