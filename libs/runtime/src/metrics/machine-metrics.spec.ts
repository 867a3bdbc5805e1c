import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { tempDir } from '@vaultstream/testing';
import { createLogger } from '../logger.ts';
import { measureMachine } from './machine-metrics.ts';
import { Metrics } from './metrics.ts';

const header = `Inter-|   Receive                                                |  Transmit
 face |bytes    packets errs drop fifo frame compressed multicast|bytes    packets errs drop fifo colls carrier compressed
`;

describe('metrics of the machine', () => {
  let folder: Awaited<ReturnType<typeof tempDir>>;
  let metrics: Metrics;
  beforeEach(async () => {
    folder = await tempDir();
    await mkdir(join(folder.path, 'self/net'), { recursive: true });
    metrics = new Metrics(createLogger('test', { level: 'fatal', format: 'json' }));
  });
  afterEach(() => folder.remove());

  const value = async (series: string) => {
    const line = (await metrics.render()).split('\n').find((one) => one.startsWith(`${series} `));
    return line === undefined ? undefined : Number(line.slice(series.length + 1));
  };
  const write = (io: number, network: string) =>
    Promise.all([
      writeFile(join(folder.path, 'self/io'), `rchar: 1\nread_bytes: 10\nwrite_bytes: ${io}\n`),
      writeFile(join(folder.path, 'self/net/dev'), header + network),
    ]);

  it('tell the disk of each folder, and what the process may use', async () => {
    measureMachine(metrics, { data: folder.path, blobs: join(folder.path, 'missing') });
    const [free, size] = [
      await value('vaultstream_disk_free_bytes{volume="data"}'),
      await value('vaultstream_disk_size_bytes{volume="data"}'),
    ];
    expect(free).toBeGreaterThan(0);
    expect(size).toBeGreaterThan(free ?? 0);
    expect(await value('vaultstream_disk_free_bytes{volume="blobs"}')).toBeUndefined();
    expect(await value('vaultstream_collect_failures_total{collector="disk of blobs"}')).toBe(0);
    expect(await value('vaultstream_cpu_cores')).toBeGreaterThan(0);
    expect(await value('vaultstream_memory_limit_bytes')).toBeGreaterThan(1e8);
  });

  it('count traffic over all interfaces but loopback, and go on when one is gone', async () => {
    measureMachine(metrics, {}, folder.path);
    const eth = (name: string, receive: number, transmit: number) =>
      `${name}: ${receive} 1 0 0 0 0 0 0 ${transmit} 1 0 0 0 0 0 0\n`;
    const [receive, transmit] = [
      'vaultstream_network_bytes_total{direction="receive"}',
      'vaultstream_network_bytes_total{direction="transmit"}',
    ];
    await write(5, eth('    lo', 1e9, 1e9) + eth('  eth0', 100, 20) + eth('veth1', 50, 5));
    expect([await value(receive), await value(transmit)]).toEqual([150, 25]);
    await write(9, eth('    lo', 1e9, 1e9) + eth('  eth0', 130, 30));
    expect([await value(receive), await value(transmit)]).toEqual([150, 30]);
    await write(9, eth('  eth0', 140, 31));
    expect([await value(receive), await value(transmit)]).toEqual([160, 31]);
    expect(await value('vaultstream_disk_io_bytes_total{direction="write"}')).toBe(9);
  });

  it('leave out what the system does not tell', async () => {
    measureMachine(metrics, {}, join(folder.path, 'nothing'));
    expect(await value('vaultstream_network_bytes_total{direction="receive"}')).toBeUndefined();
    expect(await value('vaultstream_collect_failures_total{collector="disk and network traffic"}')).toBe(0);
  });
});
