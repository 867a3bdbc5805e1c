import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Load } from './load.ts';
import { mebibytes } from './memory.ts';
import { newFolder, NpmStart } from './npm-start.ts';

const root = join(import.meta.dirname, '../..');
/** After a minute without work the children are gone, and what garbage there was is collected. */
const restMs = 75_000;
/** Shares between two lines of progress. */
const report = 1_000;

export interface SoakOptions {
  shares: number;
  /** Shares before these, after which caches, pools and the heap have their usual size. */
  warmUp: number;
  /** MiB that it may grow by. */
  most: number;
}

/** @returns whether the product at rest has not grown by more than it may */
export async function soak({ shares, warmUp, most }: SoakOptions): Promise<boolean> {
  const dataDir = newFolder('soak');
  const load = await Load.open();
  const product = await NpmStart.start(root, dataDir, { FETCH_HOST_OVERRIDES: load.overrides });
  const atRest = async () => {
    await sleep(restMs);
    return mebibytes(product.memory());
  };
  try {
    await load.run(product, warmUp);
    const before = await atRest();
    console.log(`at rest after ${warmUp} shares: ${before.toFixed(0)} MiB`);
    const began = performance.now();
    await load.run(product, shares, (shared) => {
      if (shared % report !== 0) return;
      const perSecond = shared / ((performance.now() - began) / 1_000);
      const now = mebibytes(product.memory()).toFixed(0);
      console.log(`${shared} shares, ${perSecond.toFixed(0)} a second, at work ${now} MiB`);
    });
    const after = await atRest();
    const grown = after - before;
    console.log(`at rest after ${shares} more: ${after.toFixed(0)} MiB`);
    console.log(`grown by ${grown.toFixed(0)} MiB, may grow by ${most}`);
    return grown <= most;
  } finally {
    await product.stop();
    await load.close();
    await rm(dataDir, { recursive: true, force: true });
  }
}
