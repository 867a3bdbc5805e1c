/** One line of the bench's table. */
export interface Figure {
  name: string;
  /** What VaultStream does. */
  ours: number;
  /** What the bare thing does, or the smaller size, in the same run. */
  bare: number;
  unit: 'per second' | 'ms';
  /** `ours / bare`; for times, `bare` is the yardstick that must not be left far behind. */
  ratio: number;
  /** The goal for the ratio, or for `ours` where there is no bare thing. */
  goal: string;
  met: boolean;
}

/** A rate that should be at least `atLeast` of the bare one. Per second. */
export function rate(name: string, ours: number, bare: number, atLeast: number): Figure {
  const ratio = ours / bare;
  return { name, ours, bare, unit: 'per second', ratio, goal: `>= ${atLeast} of bare`, met: ratio >= atLeast };
}

/** A time that should be at most `atMost` times the other. Milliseconds. */
export function slowdown(name: string, ours: number, bare: number, atMost: number): Figure {
  const ratio = ours / bare;
  return { name, ours, bare, unit: 'ms', ratio, goal: `<= ${atMost} x`, met: ratio <= atMost };
}

/** @param values In any order. @param p 0 to 1. */
export function percentile(values: readonly number[], p: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * p))] ?? Number.NaN;
}

export function median(values: readonly number[]): number {
  return percentile(values, 0.5);
}

/** Runs `work` for each number below `count`, `width` at a time, and answers how long each took: milliseconds. */
export async function inParallel(
  count: number,
  width: number,
  work: (index: number) => Promise<void>,
): Promise<number[]> {
  const times: number[] = [];
  let next = 0;
  const lane = async () => {
    for (let index = next++; index < count; index = next++) {
      const start = performance.now();
      await work(index);
      times.push(performance.now() - start);
    }
  };
  await Promise.all(Array.from({ length: width }, lane));
  return times;
}
