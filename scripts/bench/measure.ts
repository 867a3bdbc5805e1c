/** What a ratio is held against. */
export interface Goal {
  text: string;
  /** Null where this machine cannot tell. */
  met(figure: { ours: number; ratio: number }): boolean | null;
}

/** One measurement of one round: what VaultStream does beside what it is compared with, one right after the other. */
export interface Sample {
  /** Samples of one name are of one figure. */
  name: string;
  ours: number;
  /** What the bare thing does, or the smaller size. */
  bare: number;
  unit: 'per second' | 'ms';
  goal?: Goal;
}

/** One line of the bench's table. */
export interface Figure {
  name: string;
  /** Medians over all rounds. */
  ours: number;
  bare: number;
  unit: Sample['unit'];
  /** Median of the rounds' `ours / bare`. */
  ratio: number;
  /** The least and the greatest of them: what the ratio is worth. */
  spread: [least: number, greatest: number];
  rounds: number;
  /** Empty where nothing is promised. */
  goal: string;
  met: boolean | null;
}

/** The ratio of two rates is at least this. */
export const atLeast = (ratio: number): Goal => ({ text: `>= ${ratio}`, met: (figure) => figure.ratio >= ratio });
/** The ratio of two times is at most this. */
export const atMost = (ratio: number): Goal => ({ text: `<= ${ratio}`, met: (figure) => figure.ratio <= ratio });
/** A time is at most this: milliseconds. */
export const atMostMs = (ms: number): Goal => ({ text: `<= ${ms} ms`, met: ({ ours }) => ours <= ms });

/** Puts the samples of each name together, in the order in which the names came first. */
export function figuresOf(samples: readonly Sample[]): Figure[] {
  return [...Map.groupBy(samples, ({ name }) => name)].map(([name, own]) => {
    const ratios = own.map(({ ours, bare }) => ours / bare);
    const [ours, bare, ratio] = [
      median(own.map((one) => one.ours)),
      median(own.map((one) => one.bare)),
      median(ratios),
    ];
    const goal = own[0]?.goal;
    return {
      name,
      ours,
      bare,
      unit: own[0]?.unit ?? 'ms',
      ratio,
      spread: [Math.min(...ratios), Math.max(...ratios)],
      rounds: own.length,
      goal: goal?.text ?? '',
      met: goal?.met({ ours, ratio }) ?? null,
    };
  });
}

/** @param values In any order. @param p 0 to 1. */
export function percentile(values: readonly number[], p: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * p))] ?? Number.NaN;
}

/** The mean of the middle two where there is an even number: two rounds have no middle one. */
export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length / 2;
  const [low, high] = [sorted[Math.ceil(middle) - 1], sorted[Math.floor(middle)]];
  return low === undefined || high === undefined ? Number.NaN : (low + high) / 2;
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

/** How many of `count` things a second, when doing all of them takes as long as `work`. */
export async function rateOf(count: number, work: () => Promise<unknown>): Promise<number> {
  const start = performance.now();
  await work();
  return count / ((performance.now() - start) / 1_000);
}
