import { setTimeout as sleep } from 'node:timers/promises';
import { lanes, pageHost } from './outside.ts';
import type { World } from './world.ts';

/** How an attempt to share was not accepted. */
export interface Refusal {
  /** 0: no answer at all. */
  status: number;
  retryAfter: string | null;
}

export interface ShareOptions {
  /** At once. */
  width?: number;
  /** Which picture the page shows; none by default. */
  picture?: (index: number) => number;
  /** In place of `/a/<n>` and `/p/<n>/<picture>`. */
  path?: (article: number) => string;
  tags?: readonly string[];
}

/** Milliseconds after which nobody is asked any more to take a share. */
const patienceMs = 120_000;

/** Shares of one row: each is offered until some API accepts it. */
export class Batch {
  /** Contents whose share was answered with 2xx. */
  readonly acknowledged = new Set<number>();
  readonly refusals: Refusal[] = [];
  /** Milliseconds of each accepted call. */
  readonly latencies: number[] = [];
  private offered = 0;

  constructor(readonly world: World) {
    world.batches.push(this);
  }

  get ids(): number[] {
    return [...this.acknowledged];
  }

  /** How many of them have been read. */
  pulled(): Promise<number> {
    return this.world.count(`SELECT count(*) AS n FROM contents WHERE id = ANY($1) AND status = 'PULLED'`, this.ids);
  }

  /** Shares so many new pages, and resolves when all are accepted. @throws Error when one is not within two minutes. */
  async share(count: number, { width = 8, picture, path, tags = [] }: ShareOptions = {}): Promise<void> {
    let left = count;
    const lane = async () => {
      while (left-- > 0) {
        const article = this.world.nextArticle();
        const shown = picture?.(article);
        const host = pageHost(article % lanes);
        const plain = shown === undefined ? `/a/${article}` : `/p/${article}/${shown}`;
        const url = `https://${host}${path?.(article) ?? plain}`;
        await this.offer({ url, tags: [`lane${article % lanes}`, ...tags] });
      }
    };
    await Promise.all(Array.from({ length: width }, lane));
  }

  /** Offers one share to one API after the other. */
  async offer(body: { url: string; tags: readonly string[] }): Promise<void> {
    const apis = this.world.cluster.of('api');
    for (const end = Date.now() + patienceMs; Date.now() < end; await sleep(100)) {
      const api = apis[this.offered++ % apis.length];
      const began = performance.now();
      const answer = await this.world.cluster.call('POST', '/api/v1/shares', body, {}, api?.url).catch(() => null);
      if (answer !== null && answer.status >= 200 && answer.status < 300) {
        this.latencies.push(performance.now() - began);
        this.acknowledged.add(answer.body.content_id as number);
        return;
      }
      this.refusals.push({ status: answer?.status ?? 0, retryAfter: answer?.headers.get('retry-after') ?? null });
    }
    throw new Error(`nobody took ${body.url}`);
  }
}

/** Of calls: milliseconds. @param p 0 to 1. */
export function percentile(values: readonly number[], p: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * p))] ?? 0;
}
