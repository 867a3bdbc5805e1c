import type { ParseOutcome, ParseResult } from '../src/contents/parse-record.ts';
import { aParse, images, web, type ContentRig } from './content-rig.ts';

/** What a page shows. */
export interface Page {
  about: string;
  pictures?: string[];
  /** A line more, which leaves it the same page. */
  also?: string;
}

/** A web whose pages change and lead to each other, read as `content.parse` does. */
export interface PageWeb {
  /** Puts a page at an address, or lets the address lead to another one; null takes it away. */
  put(address: string, page: Page | { leadsTo: string } | null): void;
  share(address: string, tags?: string[]): Promise<number>;
  /** Reads a content that waits to be read; one that is PULLED only when forced. Answers null when there is nothing to read. */
  read(id: number, force?: boolean): Promise<ParseOutcome | null>;
  /** Shares and reads. Answers the id that the share gave. */
  keep(address: string, tags?: string[]): Promise<number>;
}

/** A text of some hundred words that is about one thing. */
export const textAbout = (about: string): string =>
  Array.from(
    { length: 12 },
    (_, line) => `The ${about} of day ${line} was ${about} again, wrote ${about} ${line * 37}.`,
  ).join('\n\n');

export function pageWeb(rig: ContentRig): PageWeb {
  const pages = new Map<string, Page | { leadsTo: string }>();

  function answerOf(asked: string): { url: string; page: Page } | null {
    const found = pages.get(asked);
    if (found === undefined) return null;
    return 'leadsTo' in found ? answerOf(found.leadsTo) : { url: asked, page: found };
  }

  const self: PageWeb = {
    put: (address, page) => void (page === null ? pages.delete(address) : pages.set(address, page)),
    share: async (address, tags = []) => (await rig.share({ canonical: web(address), tags })).contentId,
    async read(id, force = false) {
      const archive = { enabled: true, maxImages: 10 };
      if (force) await rig.transact((tx) => rig.contents.requeue(tx, id, { force, archive }));
      const current = await rig.value('SELECT coalesce(merged_into, id) FROM contents WHERE id = $1', id);
      const job = await rig.transact((tx) => rig.contents.beginParse(tx, current));
      if (job === null) return null;
      const asked = job.canonical.url;
      const answer = answerOf(asked);
      try {
        if (answer === null) throw new Error('NotFound');
        return await rig.transact((tx) => rig.contents.recordParse(tx, current, { ...readingOf(answer), asked }));
      } catch (error) {
        const { name, message } = error as Error;
        const failure = { errorType: name, message, stack: null, attempts: [] };
        await rig.transact((tx) => rig.contents.recordFailure(tx, current, failure));
        return null;
      } finally {
        await rig.endTasks();
      }
      function readingOf({ url, page }: { url: string; page: Page }): ParseResult {
        const { about, pictures = [], also } = page;
        const body_text = also === undefined ? textAbout(about) : `${textAbout(about)}\n\n${also}`;
        const shown = { title: `About ${about}`, body_text, media: images(...pictures) };
        const parsed = { ...shown, raw_metadata: { fetched_url: url } };
        // Where a deep address leads to a home page, that is not its name.
        if (url !== asked && new URL(url).pathname === '/')
          return aParse({ ...parsed, answered_elsewhere: url }, { elsewhere: url });
        return aParse(parsed, { learnt: url === asked ? null : web(url) });
      }
    },
    async keep(address, tags) {
      const id = await self.share(address, tags);
      await self.read(id);
      return id;
    },
  };
  return self;
}
