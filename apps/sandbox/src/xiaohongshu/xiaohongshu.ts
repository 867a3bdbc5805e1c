import { film } from '../pictures/film.ts';
import { picture } from '../pictures/gallery.ts';
import { html, type Answer, type Exchange, type Service } from '../server/service.ts';
import { emptyPage, notePage } from './note-page.ts';
import { notes, shortCodes } from './notes.ts';

const site = 'www.xiaohongshu.com';
const pictureHosts = ['sns-img-bd.xhscdn.com', 'sns-webpic-qc.xhscdn.com', 'sns-avatar-qc.xhscdn.com'];
const filmHosts = ['sns-video-hw.xhscdn.com', 'sns-video-bd.xhscdn.com'];

const notePath = /^\/(?:explore|discovery\/item)\/([0-9a-f]{24})$/;
/** An id that is refused, and how by its end: `ffffffffffffffffff000404`. */
const refused = /^f{18}0*([1-9]\d*)$/;

/** Pages of notes, short links, pictures and films of Xiaohongshu. Answers by id: see `notes.ts`. */
export const xiaohongshu: Service = {
  name: 'xiaohongshu',
  hosts: [site, 'xhslink.com', ...pictureHosts, ...filmHosts],
  control: {},
  reset: () => undefined,
  answer(exchange) {
    const { host, path } = exchange;
    if (host === 'xhslink.com') return shortLink(path);
    if (filmHosts.includes(host)) return film;
    if (pictureHosts.includes(host)) return file(path);
    const id = notePath.exec(path)?.[1];
    return id === undefined ? html('<!doctype html><title>小红书</title><div id="app"></div>') : noteBy(id, exchange);
  },
  refuse: (status, retryAfterS) =>
    html(`<title>${status}</title>`, status, status === 429 ? { 'retry-after': String(retryAfterS) } : {}),
};

function noteBy(id: string, { query, headers }: Exchange): Answer {
  const code = refused.exec(id)?.[1];
  if (code !== undefined) return refusal(code, id);
  const note = notes.get(id);
  if (!note) return emptyPage(id, -510_001, '笔记不存在');
  const known = /(?:^|;\s*)web_session=[^;]+/.test(headers.cookie ?? '') || query.get('xsec_token') === note.token;
  return note.token !== undefined && !known ? refusal('300031', id) : notePage(note);
}

/** 404 gone, 101 a login, 461 a captcha, 471 the same as a status, 300011 to 300031 by the wall's code. */
function refusal(code: string, id: string): Answer {
  const asked = encodeURIComponent(`https://${site}/explore/${id}`);
  if (code === '404') return emptyPage(id, -510_001, '笔记不存在');
  if (code === '101') return wall(`/login?redirectPath=${asked}`);
  if (code === '461')
    return wall(`/website-login/captcha?redirectPath=${asked}&verifyUuid=x&verifyType=102&verifyBiz=461`);
  if (/^3000\d\d$/.test(code)) return wall(`/404/sec_sandbox?redirectPath=${asked}&error_code=${code}`);
  return html('', /^(?:471|5\d\d)$/.test(code) ? Number(code) : 404);
}

function wall(path: string): Answer {
  const location = `https://${site}${path}`;
  return { ...html(`<a href="${location}">Found</a>.`, 302), headers: { location, 'content-type': 'text/html' } };
}

function shortLink(path: string): Answer {
  const target = Object.hasOwn(shortCodes, path) ? shortCodes[path] : undefined;
  return target === undefined ? html('<title>404</title>', 404) : wall(target);
}

/** A picture by its key, whatever the style. */
function file(path: string): Answer {
  const [name = ''] = path.slice(path.lastIndexOf('/') + 1).split('!');
  return picture(name.endsWith('.jpg') ? name : `${name}.jpg`) ?? html('', 404);
}
