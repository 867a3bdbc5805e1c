import type { UnitOfWork } from '@vaultstream/contracts';
import type { BlobStore } from '@vaultstream/blobs';
import type { Blobs, Imports, OldDatabase } from '@vaultstream/store';
import type { Progress } from './progress.ts';
import type { Tally } from './report.ts';

/** Where an import writes to. */
export interface ImportTarget {
  work: UnitOfWork;
  imports: Imports;
  blobs: Blobs;
  store: BlobStore;
}

/** What the steps of one import share. */
export interface ImportRun {
  database: OldDatabase;
  /** Null: a dry run before there is anything to look at. */
  target: ImportTarget | null;
  dryRun: boolean;
  tally: Tally;
  progress: Progress;
  /** Aborted: end after the running batch. */
  signal: AbortSignal;
  /** Whether the address policy allows to visit it. */
  mayFetch(url: string): boolean;
  /** Names that a dry run has met. */
  seen: Set<string>;
}
