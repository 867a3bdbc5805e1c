import { readFileSync } from 'node:fs';
import type { Product } from './product.ts';

/** Linux counts CPU in these for everyone (USER_HZ). */
const tickMs = 10;

/** CPU that all children have taken that ever read pages for a product: milliseconds. Linux only. */
export function readersCpuMs(product: Product): number {
  const { pid = 0 } = product.child;
  // Of itself, of its children that are gone: the 12th to 15th behind the name.
  const of = (process: number) => statOf(process).slice(11, 15).map(Number);
  const [, , goneUser = 0, goneSystem = 0] = of(pid);
  const living = product
    .descendants()
    .filter((child) => commandOf(child).includes('extract-child'))
    .flatMap((child) => of(child).slice(0, 2));
  return [goneUser, goneSystem, ...living].reduce((sum, ticks) => sum + ticks, 0) * tickMs;
}

function statOf(pid: number): string[] {
  const stat = textOf(`/proc/${pid}/stat`);
  return stat.slice(stat.lastIndexOf(')') + 2).split(' ');
}

const commandOf = (pid: number): string => textOf(`/proc/${pid}/cmdline`);

/** Empty for a process that is gone. */
function textOf(path: string): string {
  try {
    return readFileSync(path, 'latin1');
  } catch {
    return '';
  }
}
