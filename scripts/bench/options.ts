/** Tasks of one transaction, jobs of one bulk insert: the same for all queues. */
export const batch = 100;
/** Enough on both sides for the machine, and not the waiting for answers, to set the pace. */
export const concurrency = 64;

/** How much each part does in one round. */
export interface Sizes {
  tasks: number;
  pickUps: number;
  shares: number;
  /** Rows of the larger and of the smaller table of contents, and how often each query is asked. */
  contents: number;
  fewContents: number;
  queries: number;
  pages: number;
  pictures: number;
  /** Pages of the end-to-end part, each with ten pictures. */
  galleries: number;
}

export const fullSizes: Sizes = {
  tasks: 10_000,
  pickUps: 300,
  shares: 3_000,
  contents: 1_000_000,
  fewContents: 10_000,
  queries: 200,
  pages: 240,
  pictures: 240,
  galleries: 24,
};

/** Shows that every part still works; the figures say nothing. */
export const quickSizes: Sizes = {
  tasks: 200,
  pickUps: 5,
  shares: 60,
  contents: 400,
  fewContents: 200,
  queries: 5,
  pages: 8,
  pictures: 10,
  galleries: 1,
};

/** What every part gets. */
export interface BenchOptions {
  sizes: Sizes;
  /** Folder of pages to read in place of our own: every `.html` below it. */
  pages: string | undefined;
  /** Folder of pictures to convert in place of our own. */
  pictures: string | undefined;
}
