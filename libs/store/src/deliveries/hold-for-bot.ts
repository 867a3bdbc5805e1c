import type { Tx } from '@vaultstream/contracts';
import { heldReasons } from './states.ts';
import { lockDelivery, move } from './transition.ts';

/** Its bot cannot be used: the row is `held` until its task finds one. A row of which something has left keeps the state that says so. */
export async function holdForBot(tx: Tx, id: string): Promise<void> {
  const row = await lockDelivery(tx, id);
  const waits =
    row?.state === 'planned' ||
    (row?.state === 'held' && (row.reason === heldReasons.limits || row.reason === heldReasons.paused));
  if (row && waits) await move(tx, row, { state: 'held', reason: heldReasons.bot });
}
