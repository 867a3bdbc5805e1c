import { readdirSync, readFileSync } from 'node:fs';

/** A process and its part of the memory. */
export interface ProcessMemory {
  pid: number;
  /** The beginning of its command line. */
  name: string;
  /** Proportional set size: what it shares is divided among its users. KiB */
  pss: number;
}

/** Every process below `pid`, itself included. Linux only: reads /proc. */
export function memoryOfTree(pid: number): ProcessMemory[] {
  const parents = new Map<number, number>();
  for (const entry of readdirSync('/proc').filter((name) => /^\d+$/.test(name))) {
    const stat = read(`/proc/${entry}/stat`);
    if (stat !== null) parents.set(Number(entry), Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1]));
  }
  const found = [pid];
  for (const parent of found) for (const [child, of] of parents) if (of === parent) found.push(child);
  return found.flatMap((member) => {
    const [command, rollup] = [read(`/proc/${member}/cmdline`), read(`/proc/${member}/smaps_rollup`)];
    if (command === null || rollup === null) return [];
    const name = command.replaceAll('\0', ' ').trim().slice(0, 200);
    return [{ pid: member, name, pss: Number(/^Pss:\s+(\d+)/m.exec(rollup)?.[1] ?? 0) }];
  });
}

/** The sum: MiB. */
export const mebibytes = (tree: readonly ProcessMemory[]): number =>
  tree.reduce((sum, { pss }) => sum + pss, 0) / 1_024;

/** Null for a process that has ended while we looked. */
function read(path: string): string | null {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return null;
  }
}
