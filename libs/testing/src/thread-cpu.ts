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
  /** For four times the input, times what one takes: a linear parser takes 4, a quadratic one 16. */
  factor?: number;
}

/** A collection of garbage or a compilation may fall into one run, but hardly into the cheapest of so many. */
const tries = 6;
/** How much larger the larger of two inputs is: so much that the growth is louder than a core that is shared with others. */
const step = 4;
const usualFactor = 8;
/** Parts of the input that are compared, from small to large. */
const parts = [1 / 16, 1 / 4, 1];
/** What takes less cannot be told from the cost of a call, of a compilation or of a page of memory: milliseconds. */
const leastMs = 2;

/**
 * Feeds a shape of growing size to a parser: a sixteenth, a quarter and the whole. Quadratic growth shows at 2 ms already: the sixteenfold of
 * that for the fourfold input stands out, where the double of a linear one would not stand out from its neighbours on the core.
 * @param shape Makes a text of about so many characters.
 * @throws AssertionError where the parser takes more of its thread than allowed, or more than `factor` (8) times as much for four times the input
 */
export function assertLinear(
  parse: (text: string) => unknown,
  shape: (size: number) => string,
  size: number,
  { maxMs, factor = usualFactor }: CpuAllowance,
): void {
  const inputs = parts.map((part) => shape(Math.floor(size * part)));
  const least = inputs.map(() => Infinity);
  for (let round = 0; round < tries; round++) {
    for (const [index, input] of inputs.entries())
      least[index] = Math.min(
        least[index] ?? Infinity,
        threadCpuMs(() => parse(input)),
      );
    if ((least.at(-1) ?? 0) <= maxMs && steepest(least) <= factor) return;
  }
  const told = least.map((ms, index) => `${ms.toFixed(1)} ms for ${parts[index] ?? 0} of it`).join(', ');
  assert.ok((least.at(-1) ?? 0) <= maxMs, `takes more of its thread than ${maxMs} ms: ${told}`);
  assert.fail(`takes more than ${factor} times as much for ${step} times the input: ${told}`);
}

/** The largest factor between one part and the next, of those that take long enough to be told. */
function steepest(ms: readonly number[]): number {
  return Math.max(0, ...ms.slice(1).map((larger, index) => larger / Math.max(leastMs, ms[index] ?? 0)));
}
