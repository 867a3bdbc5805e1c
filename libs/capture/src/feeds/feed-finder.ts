import { Inject, Injectable } from '@nestjs/common';
import { InvalidInput, isOurFault, isVaultError, type VaultError } from '@vaultstream/contracts';
import { feedAddress, fetchFeed, type Extractor, type FeedAnswer, type FeedReader } from '@vaultstream/platforms';
import { explainRefusal, GuardedHttp, RequestFetches, type FetchAt } from '@vaultstream/runtime';
import { feedReaderOf } from '../parse/feed-reader.ts';
import { PAGE_READER } from '../parse/page-reader.ts';
import { ShareService } from '../shares/share.service.ts';

/** Somebody waits for the answer: milliseconds for everything. */
const timeoutMs = 25_000;
/** And for each line before the page reader: whoever waits there is told to come back, and not that the site does not answer. */
const patienceMs = 10_000;
/** What is left for that word: milliseconds. */
const reserveMs = 500;
/** How many of the feeds that a page names are tried. */
const maxTried = 3;

/** A feed that was found behind what somebody gave. */
export interface FoundFeed {
  url: string;
  title: string | null;
  siteUrl: string | null;
}

/** Finds the feed that somebody means: at the address itself, or named by the page that is there. */
@Injectable()
export class FeedFinder {
  constructor(
    private readonly shares: ShareService,
    private readonly http: GuardedHttp,
    @Inject(PAGE_READER) private readonly pages: Extractor,
    private readonly fetches: RequestFetches,
  ) {}

  /**
   * @param caller Aborts when nobody waits for the answer any more: connections end at once.
   * @throws InvalidInput on `body.url` for what is no URL, is forbidden, does not answer, or has no feed; RateLimited when too many such requests
   * are under way in this process, or at this host; Later, Overloaded or InfrastructureError when the page reader has no time for it, or is away;
   * the reason of `caller`
   */
  async find(input: string, caller: AbortSignal): Promise<FoundFeed> {
    // The same doors as for a share: what nobody may share, nobody may subscribe to.
    this.shares.prepare({ url: input, tags: [] });
    const address = feedAddress(input) ?? refuse('must be the address of a feed, or of a page that names one');
    const signal = AbortSignal.any([caller, AbortSignal.timeout(timeoutMs)]);
    const endsAt = performance.now() + timeoutMs;
    const leftMs = () => Math.max(0, Math.min(patienceMs, endsAt - performance.now() - reserveMs));
    const reader = feedReaderOf(this.pages, { signal, patienceMs: leftMs });
    try {
      return await this.fetches.run((at) => this.search(address, { at, reader, signal }));
    } catch (error) {
      // Whatever it died of: it was because nobody waits any more.
      caller.throwIfAborted();
      throw error;
    }
  }

  private async search(address: string, call: Call): Promise<FoundFeed> {
    const answer = await this.ask(address, call, explainRefusal);
    const direct = foundIn(answer, address);
    if (direct) return direct;
    for (const named of answer.kind === 'page' ? answer.feeds.slice(0, maxTried) : []) {
      const url = feedAddress(named);
      const found = url === null ? null : foundIn(await this.ask(url, call, messageOf), url);
      if (found) return found;
    }
    return refuse('no feed is there, and the page that is there names none');
  }

  private ask(url: string, call: Call, tell: Tell): Promise<FeedAnswer> {
    return call.at(new URL(url).host, () => this.fetch(url, call, tell));
  }

  private async fetch(url: string, { reader, signal }: Call, tell: Tell): Promise<FeedAnswer> {
    try {
      return await fetchFeed({ http: this.http, reader, signal }, url);
    } catch (error) {
      if (isOurFault(error)) throw error;
      if (signal.aborted) return refuse('does not answer in time', error);
      if (!isVaultError(error)) throw error;
      return refuse(tell(error), error);
    }
  }
}

/** What all fetches of one request share. */
interface Call {
  at: FetchAt;
  reader: FeedReader;
  signal: AbortSignal;
}

/** How a failure is told: with a remedy for an address that the caller has given, without one for what a stranger's page has named. */
type Tell = (error: VaultError) => string;
const messageOf: Tell = ({ message }) => message;

function foundIn(answer: FeedAnswer, asked: string): FoundFeed | null {
  if (answer.kind !== 'feed') return null;
  const { title, siteUrl } = answer.feed;
  return { url: answer.movedTo ?? asked, title, siteUrl };
}

function refuse(message: string, cause?: unknown): never {
  throw new InvalidInput(`This cannot be subscribed to: ${message}`, [{ path: 'body.url', message }], { cause });
}
