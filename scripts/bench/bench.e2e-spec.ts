import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, it } from '@jest/globals';
import { redisIsHere, tempDir } from '@vaultstream/testing';
import type { Figure } from './measure.ts';

const root = join(import.meta.dirname, '../..');
const timeoutMs = 300_000;

/** Starts six processes of the product and three other queues: some 40 s on two quiet cores. */
const inCi = process.env['CI'] === 'true' && redisIsHere() ? it : it.skip;

inCi(
  'npm run bench -- --quick: every part still works, and gives a figure for each of its goals',
  async () => {
    const dir = await tempDir();
    const out = join(dir.path, 'bench.json');
    await promisify(execFile)(process.execPath, [join(root, 'scripts/bench.mjs'), '--quick', '--out', out], {
      cwd: root,
      timeout: timeoutMs,
    });
    const { figures } = JSON.parse(await readFile(out, 'utf8')) as { figures: Figure[] };
    await dir.remove();
    expect(figures).toHaveLength(22);
    for (const { name, ours, bare, ratio, spread } of figures)
      expect([name, [ours, bare, ratio, ...spread].every((value) => Number.isFinite(value) && value > 0)]).toEqual([
        name,
        true,
      ]);
  },
  timeoutMs,
);
