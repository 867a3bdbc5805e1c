import { setTimeout as sleep } from 'node:timers/promises';
import { startSandbox, type Sandbox } from '@vaultstream/sandbox';
import { inParallel } from '../bench/measure.ts';
import { makePictures } from '../bench/outside/make-pictures.ts';
import { galleryPage, ownPages } from '../bench/outside/own-pages.ts';
import { addressOf, Site } from '../bench/outside/site.ts';
import type { NpmStart } from './npm-start.ts';

/** Tasks that may wait before more is shared: what is measured is a product at work, and not the length of its queue. */
const mostWaiting = 200;
/** Shares between two looks at the queue. */
const step = 50;
const lookEveryMs = 250;
/** Milliseconds without any progress after which it is given up. */
const stuckMs = 120_000;
/** Different pictures; each is given out under any number of names, a few bytes different every time. */
const drawn = 12;

/**
 * Things to share, every one new: a page with two pictures of its own, one of the large pages without, and one of the sandbox's, whose pictures come
 * again and again.
 */
export class Load {
  private shared = 0;

  private constructor(
    private readonly site: Site,
    private readonly sandbox: Sandbox,
    private readonly sandboxPages: readonly string[],
  ) {}

  static async open(): Promise<Load> {
    const [pictures, pages, sandbox] = [
      await makePictures(drawn, undefined, { width: 480, height: 360 }),
      ownPages(),
      await startSandbox(),
    ];
    const site = await Site.start((path) => {
      const [, kind, text] = /^\/(gallery|page|picture)\/(\d+)/.exec(path) ?? [];
      const number = Number(text);
      if (kind === 'picture') return marked(pictures[number % drawn], number);
      if (kind === 'page') return pages[number % pages.length];
      const own = [2 * number, 2 * number + 1].map((picture) => `/picture/${picture}.jpg`);
      return kind === 'gallery' ? galleryPage(`Gallery ${number}`, own) : undefined;
    });
    const answer = await fetch(`${sandbox.url}/_control/site/pages`);
    const { pages: known } = (await answer.json()) as { pages: { url: string }[] };
    return new Load(
      site,
      sandbox,
      known.map(({ url }) => url),
    );
  }

  /** For FETCH_HOST_OVERRIDES. */
  get overrides(): string {
    return `${this.site.overrides},${this.sandbox.hosts}`;
  }

  /**
   * Shares so many and resolves when no task is left.
   * @param onStep Called now and then with how many are shared by now.
   * @throws Error when a share is refused, or nothing goes on for two minutes
   */
  async run(product: NpmStart, shares: number, onStep: (shared: number) => void = () => undefined): Promise<void> {
    for (let done = 0; done < shares; done += step) {
      const now = Math.min(step, shares - done);
      await inParallel(now, 4, async () => {
        await product.call('POST', '/api/v1/shares', { url: this.nextUrl(), tags: ['measured'] });
      });
      await this.queueBelow(product, mostWaiting);
      onStep(done + now);
    }
    await this.queueBelow(product, 1);
  }

  async close(): Promise<void> {
    await Promise.all([this.site.stop(), this.sandbox.stop()]);
  }

  private nextUrl(): string {
    const number = ++this.shared;
    const turn = number % 4;
    if (turn === 0) return `${this.sandboxPages[(number / 4) % this.sandboxPages.length] ?? ''}?visit=${number}`;
    return addressOf(turn === 1 ? `/page/${number}` : `/gallery/${number}`, number);
  }

  private async queueBelow(product: NpmStart, most: number): Promise<void> {
    let [least, since] = [Number.POSITIVE_INFINITY, performance.now()];
    for (;;) {
      const { queue_size: waiting } = await product.call<{ queue_size: number }>('GET', '/health');
      if (waiting < most) return;
      if (waiting < least) [least, since] = [waiting, performance.now()];
      if (performance.now() - since > stuckMs) throw new Error(`${waiting} tasks wait, and nothing goes on`);
      await sleep(lookEveryMs);
    }
  }
}

/** The same picture with a comment in it (a COM segment behind the first marker): other bytes, another original. */
function marked(picture: Buffer | undefined, number: number): Buffer | undefined {
  if (!picture) return undefined;
  const comment = Buffer.from(String(number));
  const segment = Buffer.from([0xff, 0xfe, 0, comment.length + 2]);
  return Buffer.concat([picture.subarray(0, 2), segment, comment, picture.subarray(2)]);
}
