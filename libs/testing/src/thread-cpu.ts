import { strict as assert } from 'node:assert';

/** Milliseconds of CPU that `work` takes of the calling thread, whatever else the machine does meanwhile. */
export function threadCpuMs(work: () => unknown): number {
  const before = process.threadCpuUsage();
  work();
  const { user, system } = process.threadCpuUsage(before);
  return (user + system) / 1_000;
}

/** What a parser may take of its thread. */
export interface CpuAllowance {
  /** Milliseconds for the whole input. */
  maxMs: number;
  /** For twice the input, times what one takes. */
  factor?: number;
  /** Below so many milliseconds the factor says nothing: a collection of garbage, or a core shared with others, costs as much. */
  floorMs?: number;
}

/** A collection of garbage or a compilation may fall into one run, but hardly into the cheapest of so many. */
const tries = 6;

/**
 * Feeds a shape of half the size and of the whole to a parser.
 * @param shape Makes a text of about so many characters.
 * @throws AssertionError where the parser takes more of its thread than allowed, or more than `factor` (2.5) times as much for twice the input
 */
export function assertLinear(
  parse: (text: string) => unknown,
  shape: (size: number) => string,
  size: number,
  { maxMs, factor = 2.5, floorMs = 100 }: CpuAllowance,
): void {
  const [half, whole] = [shape(size / 2), shape(size)];
  let [least, most] = [Infinity, Infinity];
  for (let round = 0; round < tries; round++) {
    least = Math.min(
      least,
      threadCpuMs(() => parse(half)),
    );
    most = Math.min(
      most,
      threadCpuMs(() => parse(whole)),
    );
    if (most <= maxMs && most <= Math.max(floorMs, factor * least)) return;
  }
  assert.ok(most <= maxMs, `takes ${most.toFixed(1)} ms of its thread, of ${maxMs} allowed`);
  assert.fail(`takes ${least.toFixed(1)} ms for half of what takes ${most.toFixed(1)} ms`);
}
