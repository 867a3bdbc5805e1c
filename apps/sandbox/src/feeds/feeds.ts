import { createHash } from 'node:crypto';
import { z } from 'zod';
import { html, type Answer, type Exchange, type Service } from '../server/service.ts';
import { formats, type Entry } from './formats.ts';

const host = 'feeds.example.org';
const seed = ['A lamp is lit', 'The harbour wakes', 'Bread in the cold'];

const entry = (title: string, index: number): Entry => ({
  id: `gazette-${index}`,
  url: `https://${host}/posts/${index}`,
  title,
  author: 'Mirela Stan',
  published: new Date(Date.UTC(2026, 2, 1 + index, 8)).toISOString().replace('.000', ''),
});

const written = (): readonly Entry[] => seed.map(entry).reverse();

const front = html(
  '<!doctype html><html lang="en"><head><title>The Sandbox Gazette</title>' +
    '<link rel="alternate" type="application/rss+xml" href="/rss.xml"><link rel="alternate" type="application/atom+xml" href="/atom.xml">' +
    '</head><body><h1>The Sandbox Gazette</h1></body></html>',
);

/** Feeds in trouble, by path. */
const troubles: Readonly<Record<string, Answer>> = {
  '/gone.xml': html('<h1>Gone</h1>', 410),
  '/busy.xml': html('<h1>Busy</h1>', 503, { 'retry-after': '120' }),
  '/moved.xml': html('', 301, { location: `https://${host}/rss.xml` }),
  '/bomb.xml': {
    status: 200,
    headers: { 'content-type': 'application/rss+xml' },
    body: '<!DOCTYPE rss [<!ENTITY a "boom"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]><rss version="2.0"><channel><title>&b;</title></channel></rss>',
  },
};

/** A gazette with a feed in each format, with ETags; `POST publish {title}` writes its next post. */
export class Gazette implements Service {
  readonly name = 'feeds';
  readonly hosts = [host];
  #entries: readonly Entry[] = written();
  readonly control = {
    'GET entries': () => ({ entries: this.#entries }),
    'POST publish': (body: unknown) => this.publish(z.strictObject({ title: z.string().min(1) }).parse(body).title),
  };

  /** Writes a post. */
  publish(title: string): Entry {
    const added = entry(title, this.#entries.length);
    this.#entries = [added, ...this.#entries];
    return added;
  }

  reset(): void {
    this.#entries = written();
  }

  answer(exchange: Exchange): Answer {
    return troubles[exchange.path] ?? this.#feed(exchange) ?? this.#page(exchange.path);
  }

  refuse(status: number, retryAfterS: number): Answer {
    const headers: Record<string, string> =
      status === 429 || status === 503 ? { 'retry-after': String(retryAfterS) } : {};
    return html(`<h1>Error ${status}</h1>`, status, headers);
  }

  #feed({ path, headers }: Exchange): Answer | null {
    const answer = formats[path.slice(1)]?.(this.#entries);
    if (!answer) return null;
    const etag = `"${createHash('sha256').update(answer.body).digest('hex').slice(0, 16)}"`;
    if (headers['if-none-match'] === etag) return { status: 304, headers: { etag }, body: '' };
    return { ...answer, headers: { ...answer.headers, etag } };
  }

  #page(path: string): Answer {
    if (path === '/') return front;
    const post = this.#entries.find(({ url }) => new URL(url).pathname === path);
    if (!post) return html('<!doctype html><title>Not found</title><h1>Not found</h1>', 404);
    return html(
      `<!doctype html><html lang="en"><head><title>${post.title}</title><meta name="author" content="${post.author}">` +
        `<meta name="date" content="${post.published}"></head><body><article><h1>${post.title}</h1><p>It was a quiet day.</p></article></body></html>`,
    );
  }
}
