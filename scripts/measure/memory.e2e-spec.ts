import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from '@jest/globals';
import { eventually } from '@vaultstream/testing';
import { Load } from './load.ts';
import { mebibytes } from './memory.ts';
import { newFolder, NpmStart } from './npm-start.ts';

const root = join(import.meta.dirname, '../..');
/** Without the one arena of `start.mjs` it is 316 MiB, with it 216 to 226, on a machine that others use too. */
const mostMib = 260;
const timeoutMs = 600_000;

/** Waits for idle children and connections to end: some two minutes. Reads /proc. */
const inCi = process.env['CI'] === 'true' && process.platform === 'linux' ? it : it.skip;

inCi(
  'npm start gives memory back a minute after work: the children are gone, and freed pages are with the system',
  async () => {
    const dataDir = newFolder('memory');
    const load = await Load.open();
    const product = await NpmStart.start(root, dataDir, { FETCH_HOST_OVERRIDES: load.overrides });
    try {
      await load.run(product, 60);
      // Page readers and picture converters: each has a heap of its own size.
      const children = () => product.memory().filter(({ name }) => name.includes('--max-old-space-size'));
      expect(children().length).toBeGreaterThan(0);
      const patience = { timeoutMs: 150_000, intervalMs: 1_000 };
      await eventually(() => children().length === 0, patience);
      await eventually(() => expect(mebibytes(product.memory())).toBeLessThanOrEqual(mostMib), patience);
    } finally {
      await product.stop();
      await load.close();
      await rm(dataDir, { recursive: true, force: true });
    }
  },
  timeoutMs,
);
