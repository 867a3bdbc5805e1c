import { readFileSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from '@jest/globals';
import { newFolder, NpmStart } from './npm-start.ts';

const root = join(import.meta.dirname, '../..');
/** Reads /proc. */
const onLinux = process.platform === 'linux' ? it : it.skip;

onLinux(
  'npm start runs with one malloc arena: what is freed in others stays with the process (npm run measure tells how much)',
  async () => {
    const dataDir = newFolder('memory');
    const product = await NpmStart.start(root, dataDir);
    try {
      const [server] = product.memory().filter(({ name }) => name.includes('standalone/dist/main.js'));
      const environment = readFileSync(`/proc/${server?.pid}/environ`, 'utf8').split('\0');
      expect(environment).toContain('MALLOC_ARENA_MAX=1');
      expect(server?.pss).toBeGreaterThan(10_000);
    } finally {
      await product.stop();
      await rm(dataDir, { recursive: true, force: true });
    }
  },
  120_000,
);
