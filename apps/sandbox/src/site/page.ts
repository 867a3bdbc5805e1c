/** A picture on a page: `gallery.ts` draws what its name says. */
export interface PagePicture {
  /** Such as `harbour-640x360.png`. */
  file: string;
  alt: string;
}

/** A page of the fake sites. */
export interface Page {
  host: string;
  path: string;
  language: string;
  title: string;
  description: string;
  author: string;
  site: string;
  /** RFC 3339. */
  published: string;
  tags: readonly string[];
  paragraphs: readonly string[];
  pictures: readonly PagePicture[];
  /** How the page tells about itself. */
  facts: 'json-ld' | 'open-graph' | 'meta';
  /** Undefined: UTF-8. */
  charset?: 'gb18030';
  /** Path of the page that it says it really is. */
  canonical?: string;
}

/** Pictures by a list of names, in one size. */
export const pictures = (size: string, type: 'png' | 'jpg', ...names: string[]): PagePicture[] =>
  names.map((name) => ({ file: `${name}-${size}.${type}`, alt: name.replaceAll('-', ' ') }));
