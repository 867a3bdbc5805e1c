import { readFile, statfs } from 'node:fs/promises';
import { availableParallelism, totalmem } from 'node:os';
import type { Metrics } from './metrics.ts';

/** Folders whose volume is watched, by the label that they are told under; those that do not exist are left out. */
export type WatchedFolders = Readonly<Record<string, string>>;

/** Where Linux tells of this process and of the network that it sees. */
const procFolder = '/proc';

/**
 * Tells what this process may use and what it uses of the machine, as far as the defaults of the metrics library do not: processors, memory,
 * disks, network. What a system does not tell (macOS has no /proc) is not there.
 * @param proc Another folder in place of /proc, for tests.
 */
export function measureMachine(metrics: Metrics, folders: WatchedFolders, proc = procFolder): void {
  metrics.gauge('vaultstream_cpu_cores').set(availableParallelism());
  // More than there is: no limit was set.
  const limit = process.constrainedMemory();
  metrics.gauge('vaultstream_memory_limit_bytes').set(limit > 0 && limit < totalmem() ? limit : totalmem());
  const [free, size] = [metrics.gauge('vaultstream_disk_free_bytes'), metrics.gauge('vaultstream_disk_size_bytes')];
  for (const [volume, folder] of Object.entries(folders))
    metrics.onCollect(`disk of ${volume}`, async () => {
      const stats = await statfs(folder).catch(unlessMissing);
      if (stats === null) {
        free.remove({ volume });
        size.remove({ volume });
        return;
      }
      free.set({ volume }, stats.bavail * stats.bsize);
      size.set({ volume }, stats.blocks * stats.bsize);
    });
  const count = risingCounters(metrics);
  metrics.onCollect('disk and network traffic', async () => {
    const [io, network] = await Promise.all([readOrNull(`${proc}/self/io`), readOrNull(`${proc}/self/net/dev`)]);
    if (io !== null) {
      count('vaultstream_disk_io_bytes_total', 'read', fieldOf(io, 'read_bytes'));
      count('vaultstream_disk_io_bytes_total', 'write', fieldOf(io, 'write_bytes'));
    }
    if (network !== null) {
      const { receive, transmit } = trafficOf(network);
      count('vaultstream_network_bytes_total', 'receive', receive);
      count('vaultstream_network_bytes_total', 'transmit', transmit);
    }
  });
}

/** Counters of ours that follow those of the system. One that goes back (an interface is gone) counts on from where it is. */
function risingCounters(metrics: Metrics) {
  const last = new Map<string, number>();
  return (
    name: 'vaultstream_disk_io_bytes_total' | 'vaultstream_network_bytes_total',
    direction: string,
    value: number,
  ): void => {
    const before = last.get(name + direction) ?? 0;
    last.set(name + direction, value);
    metrics.counter(name).inc({ direction }, Math.max(0, value - before));
  };
}

/** A number of `name: value` lines; 0 where it is missing. */
function fieldOf(text: string, name: string): number {
  return Number(new RegExp(`^${name}: (\\d+)$`, 'm').exec(text)?.[1] ?? 0);
}

/** Bytes over all interfaces but loopback, as `/proc/net/dev` tells them: the first and the ninth column. */
function trafficOf(text: string): { receive: number; transmit: number } {
  const total = { receive: 0, transmit: 0 };
  for (const line of text.split('\n')) {
    const [name = '', columns] = line.split(':');
    if (columns === undefined || name.trim() === 'lo') continue;
    const numbers = columns.trim().split(/\s+/).map(Number);
    total.receive += numbers[0] ?? 0;
    total.transmit += numbers[8] ?? 0;
  }
  return total;
}

/** A folder that this process does not use need not be there. */
function unlessMissing(error: NodeJS.ErrnoException): null {
  if (error.code === 'ENOENT') return null;
  throw error;
}

function readOrNull(path: string): Promise<string | null> {
  return readFile(path, 'utf8').catch(() => null);
}
