import { httpUrl } from '../clean/http-url.ts';
import { largestOf } from './srcset.ts';
import type { DomElement } from './dom.ts';
import type { PageMedia } from './page.ts';

/** Where lazy loaders keep the real address, best first. */
const lazyAttributes = [
  'data-original',
  'data-actualsrc',
  'data-src',
  'data-lazy-src',
  'data-lazy',
  'data-original-src',
  'data-hi-res-src',
  'data-image',
  'data-url',
];
const lazySets = ['data-srcset', 'data-lazy-srcset', 'srcset'];
/** A picture no larger than this is an icon or a face, and one with a side no larger than the other a counter or a rule: pixels. */
const maxIcon = 72;
const maxRule = 16;
const decoration = /(?:^|[\s_/-])(?:emoji|smiley|wp-smiley|icon|avatar|gravatar|spinner|tracking|pixel)(?:$|[\s_/.-])/i;
const trackers =
  /(?:^|\.)(?:doubleclick\.net|scorecardresearch\.com|quantserve\.com|google-analytics\.com|googletagmanager\.com|facebook\.com|pixel\.wp\.com|stats\.wp\.com|feeds\.feedburner\.com|gravatar\.com|s\.w\.org|imrworldwide\.com|chartbeat\.(?:com|net)|2o7\.net|omtrdc\.net|adsrvr\.org|amazon-adsystem\.com)$/;
const placeholder =
  /(?:^|[/_-])(?:blank|spacer|pixel|transparent|placeholder|clear|1x1|grey|lazyload|loading|s)\.(?:gif|png|svg)$/i;

const pictureFile = /\/([^/]+)\.(?:jpe?g|png|webp|avif)$/i;

/** How many pictures one page may give. */
const maxPictures = 300;

/** The pictures inside an element, each once, in their order. */
export function picturesIn(element: DomElement, base: string): PageMedia[] {
  const pictures = new Map<string, PageMedia>();
  for (const image of element.querySelectorAll('img')) {
    const picture = pictureOf(image, base);
    if (picture && !pictures.has(picture.url)) pictures.set(picture.url, picture);
    if (pictures.size >= maxPictures) break;
  }
  return [...pictures.values()];
}

/** The address of an `img` at its best size, and its size where it is told; null for icons, trackers, placeholders, data: and svg. */
export function pictureOf(image: DomElement, base: string): PageMedia | null {
  if (isDecoration(image)) return null;
  const whole = linkedPicture(image, base);
  if (whole !== null) return { url: whole };
  for (const candidate of candidates(image)) {
    const url = pictureUrl(candidate, base);
    if (url !== null) return { url, ...sizeOf(image) };
  }
  return null;
}

/** An address that may be a real picture; null otherwise. */
export function pictureUrl(value: unknown, base: string): string | null {
  const address = httpUrl(value, base);
  if (address === null) return null;
  const { hostname, pathname } = new URL(address);
  return /\.svgz?$/i.test(pathname) || trackers.test(hostname) || placeholder.test(pathname) ? null : address;
}

/** Pixels out of an attribute or a meta; undefined for what is no size. */
export function pixels(value: unknown): number | undefined {
  const number =
    typeof value === 'number'
      ? value
      : typeof value === 'string'
        ? Number(/^\s*(\d{1,5})(?:\.\d+)?(?:px)?\s*$/.exec(value)?.[1])
        : NaN;
  return Number.isInteger(number) && number > 0 && number <= 65_535 ? number : undefined;
}

/**
 * The whole picture that a preview of it leads to; null when it is no preview. Its size is not told. Many sites name a page by a picture's file
 * (`/wiki/File:a.jpg`, `/blob/main/a.png`), so both must be of one host, and the preview's name begin with the whole one's, as `a-150x150.jpg` does.
 */
function linkedPicture(image: DomElement, base: string): string | null {
  const href = pictureUrl(image.closest('a[href]')?.getAttribute('href'), base);
  const preview = pictureUrl(image.getAttribute('src'), base);
  if (href === null || preview === null) return null;
  const [whole, part] = [new URL(href), new URL(preview)];
  const [name, stem] = pictureFile.exec(whole.pathname) ?? [];
  if (stem === undefined || whole.host !== part.host || /%3a|:/i.test(name ?? '') || whole.pathname.includes('/blob/'))
    return null;
  return part.pathname.slice(part.pathname.lastIndexOf('/') + 1).startsWith(stem) ? href : null;
}

function* candidates(image: DomElement): Generator<string | null> {
  const sources = image.parentElement?.localName === 'picture' ? image.parentElement.querySelectorAll('source') : [];
  for (const element of [image, ...sources]) for (const name of lazySets) yield largestOf(element.getAttribute(name));
  for (const name of lazyAttributes) yield image.getAttribute(name);
  yield image.getAttribute('src');
}

function isDecoration(image: DomElement): boolean {
  const { width, height } = sizeOf(image);
  const [short, long] = [Math.min(width ?? Infinity, height ?? Infinity), Math.max(width ?? 0, height ?? 0)];
  if (short <= maxRule || (short !== Infinity && long <= maxIcon)) return true;
  return decoration.test((image.getAttribute('class') ?? '').slice(0, 500));
}

function sizeOf(image: DomElement): { width?: number; height?: number } {
  const [width, height] = [pixels(image.getAttribute('width')), pixels(image.getAttribute('height'))];
  return { ...(width === undefined ? {} : { width }), ...(height === undefined ? {} : { height }) };
}
