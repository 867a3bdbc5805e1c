import { beforeEach, describe, expect, it } from '@jest/globals';
import { createLogger } from '../logger.ts';
import { Metrics } from './metrics.ts';

const quiet = { write: () => true } as unknown as NodeJS.WritableStream;

describe('gauges of the elected process', () => {
  let metrics: Metrics;
  let reads: number;
  let waiting: Record<string, number>;
  beforeEach(() => {
    metrics = new Metrics(createLogger('test', { level: 'info', format: 'json', stream: quiet }));
    reads = 0;
    waiting = { A: 1, B: 2 };
    metrics.onCollectElected('backlog', async () => {
      reads++;
      return Object.entries(waiting).map(([target, value]) => ({
        name: 'vaultstream_push_backlog',
        labels: { target },
        value,
      }));
    });
    metrics.onCollectElected('blobs', async () => [{ name: 'vaultstream_blobs', value: 7 }]);
  });

  const told = async () => {
    const text = await metrics.render();
    return [...text.matchAll(/^vaultstream_(?:push_backlog|blobs|leader)\b.*$/gm)].map(([line]) => line).sort();
  };

  it('are read by nobody who does not stand for election', async () => {
    expect(await told()).toEqual([]);
    expect(reads).toBe(0);
  });

  it('are there while this process is elected, and gone with the next scrape when it is not', async () => {
    let elected = true;
    metrics.runForElection({ holds: async () => elected });
    expect(await told()).toEqual([
      'vaultstream_blobs 7',
      'vaultstream_leader{role="metrics"} 1',
      'vaultstream_push_backlog{target="A"} 1',
      'vaultstream_push_backlog{target="B"} 2',
    ]);
    elected = false;
    expect(await told()).toEqual(['vaultstream_leader{role="metrics"} 0']);
    expect(reads).toBe(1);
  });

  it('are not told when the lead was lost while they were read', async () => {
    const answers = [true, false];
    metrics.runForElection({ holds: async () => answers.shift() ?? false });
    expect(await told()).toEqual(['vaultstream_leader{role="metrics"} 0']);
    expect(reads).toBe(1);
  });

  it('go one by one: a target that is gone, a collector that fails', async () => {
    metrics.runForElection({ holds: async () => true });
    await told();
    waiting = { B: 3 };
    metrics.onCollectElected('blobs', () => Promise.reject(new Error('no database')));
    expect(await told()).toEqual(['vaultstream_leader{role="metrics"} 1', 'vaultstream_push_backlog{target="B"} 3']);
    expect(await metrics.render()).toMatch(/vaultstream_collect_failures_total\{collector="blobs"\} [1-9]/);
  });

  it('are one text of Prometheus with the others: each name has its help once', async () => {
    metrics.runForElection({ holds: async () => true });
    const text = await metrics.render();
    const helps = [...text.matchAll(/^# HELP (\w+)/gm)].map(([, name]) => name);
    expect(new Set(helps).size).toBe(helps.length);
    expect(helps).toEqual(expect.arrayContaining(['process_cpu_seconds_total', 'vaultstream_blobs']));
  });
});
