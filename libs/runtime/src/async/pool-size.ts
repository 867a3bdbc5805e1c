import { availableParallelism, totalmem } from 'node:os';
import type { JobKind } from './job-kind.ts';

/** The children of one pool may have so much of the memory: a quarter. */
const memoryShare = 4;
/** Two of them may have half of it: where there is but one, everybody waits behind one slow job. */
const pairShare = 2;

/** How many children are useful: one for each core as far as their memory goes, two where their memory allows any, and one at least. */
export function usefulSize({ limits }: JobKind): number {
  const limit = process.constrainedMemory();
  const memory = limit > 0 ? Math.min(limit, totalmem()) : totalmem();
  return sizeFor(availableParallelism(), memory / limits.rss);
}

/** @param cores Of the machine, or of the container. @param fits How many children its memory would hold. */
export function sizeFor(cores: number, fits: number): number {
  const pair = Math.min(2, Math.floor(fits / pairShare));
  return Math.max(1, pair, Math.min(cores, Math.floor(fits / memoryShare)));
}
