import { picture } from '../pictures/gallery.ts';
import { html, type Service } from '../server/service.ts';
import type { Page } from './page.ts';
import { blogPages } from './pages/blog.ts';
import { chinesePages } from './pages/chinese.ts';
import { newsPages } from './pages/news.ts';
import { renderIndex, renderPage } from './render.ts';
import { seriesPage } from './series.ts';

/** All pages of the fake sites. */
export const pages: readonly Page[] = [...newsPages, ...blogPages, ...chinesePages];

const byUrl = new Map(pages.map((page) => [`${page.host}${page.path}`, page]));
const hosts = [...new Set(pages.map(({ host }) => host))];

/** Small sites with real-looking pages; `/pictures/<words>-<width>x<height>.<png|jpg>` draws any picture. */
export const site: Service = {
  name: 'site',
  hosts,
  control: {
    'GET pages': () => ({
      pages: pages.map(({ host, path, title, pictures }) => ({
        url: `https://${host}${path}`,
        title,
        pictures: pictures.length,
      })),
    }),
  },
  reset: () => undefined,
  answer({ host, path }) {
    const page = byUrl.get(`${host}${path}`) ?? seriesPage(host, path);
    if (page) return renderPage(page);
    const own = pages.filter((candidate) => candidate.host === host);
    if (path === '/') return renderIndex(own[0]?.site ?? host, own);
    const [, file] = /^\/pictures\/([^/]+)$/.exec(path) ?? [];
    return (
      (file === undefined ? null : picture(file)) ??
      html('<!doctype html><title>Not found</title><h1>Not found</h1>', 404)
    );
  },
  refuse: (status, retryAfterS) =>
    html(
      `<!doctype html><title>${status}</title><h1>Error ${status}</h1>`,
      status,
      status === 429 || status === 503 ? { 'retry-after': String(retryAfterS) } : {},
    ),
};
