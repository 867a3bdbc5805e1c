import { normalizePercent } from '../url/percent.ts';
import { isPlainUrl } from '../url/plain.ts';
import { midOf } from './mid.ts';

const siteNames = new Set(['weibo.com', 'www.weibo.com', 'm.weibo.cn', 'weibo.cn', 'www.weibo.cn']);
/** Where somebody ends who has no visitor's cookie; the address that they asked for is a parameter. */
const doorNames = new Set([
  'passport.weibo.com',
  'passport.weibo.cn',
  'visitor.passport.weibo.cn',
  'login.sina.com.cn',
]);

/** `/detail/<name>`, `/status/<name>`, and on the old mobile site `/comment/<name>`. */
const namedPath = /^\/(?:detail|status|comment|repost|attitude)\/([0-9A-Za-z]+)$/i;
/** `/<user's number>/<name>`. The name of a page of the user is shorter than that of a status, or has other letters. */
const userPath = /^\/\d{1,20}\/([0-9A-Za-z]{9,19})$/;
const apiPath = /^\/(?:ajax\/statuses\/(?:show|longtext)|statuses\/(?:show|extend))$/;
/** What the app shares: `share.api.weibo.cn/share/<number>,<mid>.html`. */
const sharePath = /^\/share\/\d+,(\d+)\.html$/;

/** The one address of a status. Neither its author nor its other name is part of it. */
export function statusUrl(mid: string): string {
  return `https://weibo.com/detail/${mid}`;
}

/** The number of the status that an address shows; null for everything else. */
export function statusIdOf(url: URL): string | null {
  return idIn(url, 2);
}

/** @param doors Pages of the login that may still stand around the address. */
function idIn(url: URL, doors: number): string | null {
  if (!isPlainUrl(url)) return null;
  const host = url.hostname.replace(/\.$/, '');
  const path = normalizePercent(url.pathname)
    .replace(/\/{2,}/g, '/')
    .replace(/(?<=.)\/$/, '');
  if (siteNames.has(host)) {
    const name = apiPath.test(path)
      ? url.searchParams.get('id')
      : (namedPath.exec(path)?.[1] ?? userPath.exec(path)?.[1] ?? null);
    return name === null ? null : midOf(name);
  }
  if (host === 'share.api.weibo.cn') return midOf(url.searchParams.get('weibo_id') ?? sharePath.exec(path)?.[1] ?? '');
  if (!doorNames.has(host) || doors === 0) return null;
  const wanted = URL.parse(url.searchParams.get('url') ?? url.searchParams.get('r') ?? '');
  return wanted && idIn(wanted, doors - 1);
}

const shortPath = /^\/([A-Za-z0-9]{4,16})$/;
const appPath = /^\/fx\/([0-9a-zA-Z]{8,64})\.html$/;

/** The one spelling of a short link: `https://t.cn/<code>`, or what the app gives; null for other addresses. */
export function shortLinkOf(url: URL): string | null {
  if (!isPlainUrl(url)) return null;
  const host = url.hostname.replace(/\.$/, '');
  const path = normalizePercent(url.pathname).replace(/(?<=.)\/$/, '');
  if (host === 't.cn') return shortPath.test(path) ? `https://t.cn${path}` : null;
  return host === 'mapp.api.weibo.cn' && appPath.test(path) ? `https://mapp.api.weibo.cn${path}` : null;
}
