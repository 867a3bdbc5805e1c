import { setImmediate } from 'node:timers/promises';
import { Injectable } from '@nestjs/common';
import { InvalidInput, isVaultError, shareRequestSchema, UnitOfWork } from '@vaultstream/contracts';
import type { ShareBatch, ShareResult } from '@vaultstream/contracts';
import { Metrics, redactText, ZodPipe } from '@vaultstream/runtime';
import { Contents, type Share, type ShareOutcome } from '@vaultstream/store';
import { ShareService } from './share.service.ts';

/** Shares of one transaction: far below its five seconds. */
const chunkSize = 10;

const pipe = new ZodPipe(shareRequestSchema, 'body');

/** A share of the batch that may be kept. */
interface Item {
  index: number;
  share: Share;
}

/**
 * Takes many shares in at once, each by itself: one that is refused fails no other. The batches of a process take turns, a few shares
 * each: otherwise those with the same shares would wait for each other's locks inside their transactions, whose time is short.
 */
@Injectable()
export class BatchService {
  private turn: Promise<unknown> = Promise.resolve();

  constructor(
    private readonly shares: ShareService,
    private readonly work: UnitOfWork,
    private readonly contents: Contents,
    private readonly metrics: Metrics,
  ) {}

  /**
   * Keeps the shares in short transactions, sorted by key: two batches that meet wait for each other in the same order. Shares of
   * one thing come together, so only the first of them can have created it; each leaves its source.
   * @throws InfrastructureError when the database is away; what was kept until then stays, and may be shared again without harm.
   */
  async share({ shares }: ShareBatch): Promise<ShareResult[]> {
    const results = new Map<number, ShareResult>();
    const items: Item[] = [];
    for (const [index, share] of shares.entries()) {
      const item = attempt(index, () => this.shares.prepare(pipe.transform(share)));
      if ('share' in item) items.push(item);
      else results.set(index, item);
      // Other callers go on between two of them.
      await setImmediate();
    }
    items.sort(byKey);
    for (let from = 0; from < items.length; from += chunkSize)
      for (const result of await this.inTurn(() => this.keep(items.slice(from, from + chunkSize))))
        results.set(result.index, result);
    return shares.flatMap((_, index) => results.get(index) ?? []);
  }

  private inTurn<T>(work: () => Promise<T>): Promise<T> {
    const mine = this.turn.then(work);
    this.turn = mine.catch(() => undefined);
    return mine;
  }

  /** One transaction for all; if one of them is refused there, one for each. */
  private async keep(items: readonly Item[]): Promise<ShareResult[]> {
    try {
      const outcomes = await this.work.transact(async (tx) => {
        const kept: ShareOutcome[] = [];
        for (const { share } of items) kept.push(await this.contents.share(tx, share));
        return kept;
      });
      return outcomes.flatMap((outcome, place) => this.toResult(items[place], outcome));
    } catch (error) {
      const [only] = items;
      if (!isRefusal(error) || !only) throw error;
      if (items.length === 1) return [refused(only.index, error)];
      const results: ShareResult[] = [];
      for (const item of items) results.push(...(await this.keep([item])));
      return results;
    }
  }

  private toResult(item: Item | undefined, { contentId, created, platform }: ShareOutcome): ShareResult[] {
    if (!item) return [];
    if (created) this.metrics.counter('vaultstream_contents_created_total').inc({ platform });
    return [{ index: item.index, content_id: contentId, created }];
  }
}

function attempt(index: number, prepare: () => Share): Item | ShareResult {
  try {
    return { index, share: prepare() };
  } catch (error) {
    if (!isRefusal(error)) throw error;
    return refused(index, error);
  }
}

/** The sharer's mistake, as opposed to our own trouble. */
const isRefusal = (error: unknown): error is InvalidInput => isVaultError(error) && error instanceof InvalidInput;

function refused(index: number, { code, message, issues }: InvalidInput): ShareResult {
  const place = `body.shares.${index}`;
  const errors = issues.map((issue) => ({
    path: issue.path.replace(/^body/, place),
    message: redactText(issue.message),
  }));
  return {
    index,
    error: { code, detail: redactText(message.replace(/^body/, place)), ...(errors.length > 0 && { errors }) },
  };
}

/** By code units: the same order on every machine. */
function byKey({ share: { canonical: a } }: Item, { share: { canonical: b } }: Item): number {
  if (a.platform !== b.platform) return a.platform < b.platform ? -1 : 1;
  return a.url === b.url ? 0 : a.url < b.url ? -1 : 1;
}
