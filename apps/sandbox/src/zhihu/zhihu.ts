import { film } from '../pictures/film.ts';
import { picture } from '../pictures/gallery.ts';
import { html, json, type Answer, type Exchange, type Service } from '../server/service.ts';
import { apiOf, pageOf } from './shapes.ts';
import { things, type FakeThing } from './things.ts';

const sites = ['www.zhihu.com', 'zhuanlan.zhihu.com'];
const pictureHosts = ['pic1.zhimg.com', 'picx.zhimg.com', 'pica.zhimg.com'];
const filmHost = 'vdn.vzuu.com';

const apiPath = /^\/api\/(?:v4\/)?(answer|article|question|pin)s\/(\d+)$/;
const pagePath = /^\/(?:question\/\d+\/)?(answer|question|pin|p)\/(\d+)$/;

/** The API of Zhihu, its pages, pictures and films. Answers by kind and id (`things.ts`); some ids are refused, of every kind. */
export const zhihu: Service = {
  name: 'zhihu',
  hosts: [...sites, ...pictureHosts, filmHost],
  control: {},
  reset: () => undefined,
  answer(exchange) {
    const { host, path } = exchange;
    if (host === filmHost) return film;
    if (pictureHosts.includes(host)) return file(path);
    const [, kind = '', id = ''] = apiPath.exec(path) ?? [];
    if (id !== '') return byApi(things.get(`${kind}/${id}`), id);
    const [, page = '', number = ''] = pagePath.exec(path) ?? [];
    const thing = things.get(`${page === 'p' ? 'article' : page}/${number}`);
    return number === ''
      ? html('<!doctype html><title>知乎</title><div id="root"></div>')
      : byPage(thing, number, exchange);
  },
  refuse: (status, retryAfterS) =>
    json(
      { error: { code: status, message: `error ${status}` } },
      status,
      status === 429 ? { 'retry-after': String(retryAfterS) } : {},
    ),
};

const messages: Readonly<Record<string, string>> = {
  '401': 'ERR_TICKET_NOT_EXIST',
  '10003': '请求参数异常，请升级客户端后重试。',
  '40352': '系统监测到您的网络环境存在异常，为保证您的正常访问，请点击下方验证按钮进行验证。',
  '40362': '您当前请求存在异常，暂时限制本次访问。',
};

function byApi(thing: FakeThing | undefined, id: string): Answer {
  if (thing?.onlyPage === true) return refusal('10003');
  if (thing) return json(apiOf(thing));
  if (Object.hasOwn(messages, id) || /^(?:403|5\d\d)$/.test(id)) return refusal(id);
  return json({ error: { code: 4041, name: 'NotFoundException', message: '资源不存在或已删除' } }, 404);
}

/** The id is the code: 401 a login, 10003 a signature, 40352 and 40362 risk control, 403 and 5xx without a word. */
function refusal(code: string): Answer {
  if (!Object.hasOwn(messages, code)) return html('', Number(code));
  const redirect =
    code === '40352' ? { need_login: true, redirect: 'https://www.zhihu.com/account/unhuman?type=S6E3V1' } : {};
  const number = code === '401' ? 100 : Number(code);
  return json({ error: { ...redirect, code: number, message: messages[code] } }, code === '401' ? 401 : 403);
}

/** An answer is shown below its question; pages turn away whom the API turns away, in their own way. */
function byPage(thing: FakeThing | undefined, id: string, { path }: Exchange): Answer {
  if (thing?.kind === 'answer' && !path.startsWith('/question/'))
    return leadTo(`https://www.zhihu.com/question/${thing.question ?? '0'}/answer/${id}`);
  if (thing) return pageOf(thing);
  if (id === '401') return leadTo('https://www.zhihu.com/signin?next=%2F');
  if (id === '40352' || id === '40362') return leadTo('/account/unhuman?type=unhuman&message=x');
  if (id === '10003') return html('<html><head><meta id="zh-zse-ck" content="x"></head></html>', 403);
  return html('<title>404</title>', /^(?:403|5\d\d)$/.test(id) ? Number(id) : 404);
}

function leadTo(location: string): Answer {
  return { ...html('', 302), headers: { location, 'content-type': 'text/html' } };
}

/** A picture by its name, such as `v2-beam-1200x800.jpg`, in whichever size. */
function file(path: string): Answer {
  const name = path.slice(path.lastIndexOf('/') + 1).replace(/_[^\W_]+(?=\.jpg$)/, '');
  return picture(name) ?? html('', 404);
}
