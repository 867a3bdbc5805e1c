import { trimEndOf } from '../clean/trim.ts';
import { normalizePercent } from '../url/percent.ts';

/** Where Bilibili's own pages are. */
const siteNames = new Set(['bilibili.com', 'www.bilibili.com', 'm.bilibili.com']);
/** Its short links. A code says where it leads only to whoever follows it, and nobody promises that it means the same on two of them. */
const shortNames = new Set(['b23.tv', 'bili22.cn', 'bili23.cn', 'bili33.cn', 'bili2233.cn']);

/** Everything that is Bilibili's: each with its subdomains. acg.tv is its older short host, for readable names only. */
export const bilibiliHosts: readonly string[] = ['bilibili.com', 'acg.tv', ...shortNames];

/** The parts of an address that say what it is. */
export interface Place {
  /** `site` for the pages of www and m alike, `short` for hosts of short links, else the host itself. */
  on: string;
  /** Percent-encoding in its one spelling, without slashes at its end; empty for the home page. */
  path: string;
  query: URLSearchParams;
}

/** Takes an address of Bilibili apart. */
export function placeOf({ hostname, pathname, searchParams: query }: URL): Place {
  const host = hostname.replace(/\.$/, '');
  const path = trimEndOf(normalizePercent(pathname), /\//);
  return { on: siteNames.has(host) ? 'site' : shortNames.has(host) ? 'short' : host, path, query };
}

/** An id of digits in its one spelling: without zeros at its beginning. Null for zero, for what is none, or one with more than `max` digits. */
export function numberId(text: string | null | undefined, max: number): string | null {
  const digits = /^0*([1-9]\d*)$/.exec(text ?? '')?.[1];
  return digits === undefined || digits.length > max ? null : digits;
}
