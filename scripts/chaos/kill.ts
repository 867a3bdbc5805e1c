import { setTimeout as sleep } from 'node:timers/promises';
import type { Member } from '../scale/cluster.ts';
import type { Batch } from './batch.ts';

/** Milliseconds between two looks. */
const lookMs = 100;

/** Resolves when this share of so many pages has been read: 0 to 1. @throws Error when that takes more than five minutes. */
export async function progress(batch: Batch, of: number, part: number): Promise<void> {
  for (const end = Date.now() + 300_000; Date.now() < end; await sleep(lookMs))
    if ((await batch.pulled().catch(() => 0)) >= of * part) return;
  throw new Error(`only ${await batch.pulled()} of ${of} pages were read in five minutes`);
}

/**
 * SIGKILLs these processes in turn, spread over the work, and starts each again at once.
 * @param of How many pages there are in all. @param kills How many ends there shall be.
 * @returns how many there were.
 */
export async function killInTurn(batch: Batch, victims: readonly Member[], of: number, kills: number): Promise<number> {
  let killed = 0;
  for (; killed < kills; killed++) {
    await progress(batch, of, (killed + 1) / (kills + 2));
    const victim = victims[killed % victims.length];
    if (!victim) break;
    // One that has just been started does nothing yet: its kill would show nothing.
    await victim.ready();
    await victim.kill();
    victim.spawn();
  }
  await Promise.all(victims.map((victim) => victim.ready()));
  return killed;
}
