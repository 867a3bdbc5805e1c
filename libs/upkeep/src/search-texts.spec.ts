import { describe, expect, it } from '@jest/globals';
import { Later } from '@vaultstream/contracts';
import { Env } from '@vaultstream/runtime';
import type { EventPartitions, Resealing, Retention, SearchTexts } from '@vaultstream/store';
import type { TaskContext } from '@vaultstream/tasks';
import { UpkeepRunHandler } from './upkeep.handler.ts';

describe('the upkeep of search texts', () => {
  it('goes on later while some are left, without spending an attempt', async () => {
    const left = [2, 1, 0];
    const texts = { refill: async () => ({ made: 50, finished: left.shift() === 0 }) } as unknown as SearchTexts;
    const handler = new UpkeepRunHandler(Env.load({}), {} as EventPartitions, {} as Retention, texts, {} as Resealing);
    const lines: unknown[] = [];
    const logger = { info: (line: unknown) => void lines.push(line) };
    const run = () =>
      handler.run({ job: 'search_texts' }, { logger, signal: new AbortController().signal } as unknown as TaskContext);
    await expect(run()).rejects.toThrow(Later);
    await expect(run()).rejects.toThrow(Later);
    await expect(run()).resolves.toBeUndefined();
    expect(lines).toHaveLength(3);
  });
});
