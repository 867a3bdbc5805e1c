import { readFile } from 'node:fs/promises';

/** What a process has taken until now. */
export interface Usage {
  /** CPU of all its threads: milliseconds. */
  cpuMs: number;
  /** Resident memory: bytes. */
  rss: number;
}

/** Linux counts CPU in these for everyone (USER_HZ). */
const tickMs = 10;

/** Null where the system does not tell (only Linux does), and for a process that is gone. */
export async function usageOf(pid: number): Promise<Usage | null> {
  if (process.platform !== 'linux') return null;
  try {
    const [stat, status] = await Promise.all([
      readFile(`/proc/${pid}/stat`, 'latin1'),
      readFile(`/proc/${pid}/status`, 'latin1'),
    ]);
    // Behind the name, which may hold anything: state is the first, utime and stime are the 12th and 13th.
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    const kilobytes = /^VmRSS:\s+(\d+) kB$/m.exec(status)?.[1] ?? '0';
    return { cpuMs: (Number(fields[11]) + Number(fields[12])) * tickMs, rss: Number(kilobytes) * 1_024 };
  } catch {
    return null;
  }
}
