import { extname } from 'node:path';
import { BadPayload, Overloaded } from '@vaultstream/contracts';
import { ChildPool, JobEnded, JobFailed, type JobKind, type JobTurn } from '@vaultstream/runtime/async';
import type { Feed, FeedReader } from '../feed/feed.ts';
import { siteOf } from '../url/hosts.ts';
import type { ExtractedPage, ReadRequest } from './page.ts';

/** Limits of the reading of pages. */
export interface ExtractorOptions {
  /** CPU of one page: milliseconds. */
  timeoutMs?: number;
  /** One page by the clock of the wall: milliseconds. Three times its CPU where nothing is said, because readers are the last to get a core. */
  wallMs?: number;
  /** How long an idle child stays: milliseconds. */
  idleMs?: number;
  /** Heap of a child: MB. */
  memoryMb?: number;
  /** Longest page: UTF-16 units. */
  maxInput?: number;
  /** Children at once: as many as cores and memory allow where nothing is said. */
  size?: number;
}

/** How a caller waits for its page: sites have equal shares of the readers. */
export type ReadTurn = Omit<JobTurn, 'key'>;

/** Reads pages and feeds where they can do no harm. */
export interface Extractor extends FeedReader {
  /**
   * @param url the page's own address, for relative links
   * @throws BadPayload when the page is too long or took too much time or memory; Later when too many pages wait before it; Overloaded when the
   * machine had no time for it; the reason of `signal` when it is aborted; InfrastructureError when no child can be started
   */
  extract(html: string, url: string, turn?: ReadTurn): Promise<ExtractedPage>;
  readFeed(text: string, url: string, turn?: ReadTurn): Promise<Feed>;
  discoverFeeds(html: string, url: string, turn?: ReadTurn): Promise<string[]>;
  /** Ends the children; jobs that still wait are rejected. */
  close(): Promise<void>;
}

/** The clock of the wall for one page, times its CPU. */
const wallFactor = 3;
/** What Node itself takes beside its heap: MB. */
const besideHeapMb = 256;

/** The program of the children and what it may take. */
export function readerKind({ timeoutMs = 15_000, wallMs, memoryMb = 512 }: ExtractorOptions = {}): JobKind {
  return {
    name: 'page reader',
    // The sibling has our own ending: .ts in the sources, .js in the build.
    entry: new URL(`./extract-child${extname(import.meta.url)}`, import.meta.url),
    limits: {
      wallMs: wallMs ?? timeoutMs * wallFactor,
      cpuMs: timeoutMs,
      rss: (memoryMb + besideHeapMb) * 1_048_576,
      heapMb: memoryMb,
    },
  };
}

/** Reads pages in child processes: started at first use, as many as are useful to this process, ended when idle, replaced when they died. */
export function createExtractor(options: ExtractorOptions = {}): Extractor {
  const pool = new ChildPool(readerKind(options), options);
  const { maxInput = 5 * 1024 * 1024 } = options;
  const read = <Answer>(request: ReadRequest, turn?: ReadTurn): Promise<Answer> => {
    const tooLong = request.text.length > maxInput;
    return tooLong ? Promise.reject(new BadPayload('The page is too long to be read.')) : readIn(pool, request, turn);
  };
  return {
    extract: (text, url, turn) => read<ExtractedPage>({ what: 'page', text, url }, turn),
    readFeed: (text, url, turn) => read<Feed>({ what: 'feed', text, url }, turn),
    discoverFeeds: (text, url, turn) => read<string[]>({ what: 'named feeds', text, url }, turn),
    close: () => pool.close(),
  };
}

async function readIn<Answer>(pool: ChildPool, request: ReadRequest, turn: ReadTurn = {}): Promise<Answer> {
  const { what, url } = request;
  try {
    return await pool.run<Answer>(request, { ...turn, key: siteOf(url) });
  } catch (error) {
    if (error instanceof JobFailed)
      throw new BadPayload(what === 'feed' ? error.message : `The page cannot be read: ${error.message}`);
    if (error instanceof JobEnded) throw explain(error, what === 'feed' ? 'feed' : 'page');
    throw error;
  }
}

function explain({ why }: JobEnded, what: 'feed' | 'page'): BadPayload | Overloaded {
  if (why === 'starved') return new Overloaded(`This machine had no time to read the ${what}.`);
  return new BadPayload(`The ${what} ${tookTooMuch[why]} to be read.`);
}

const tookTooMuch: Readonly<Record<Exclude<JobEnded['why'], 'starved'>, string>> = {
  time: 'took too much time',
  cpu: 'took too much time',
  memory: 'took too much memory',
  crash: 'took too much memory',
};
