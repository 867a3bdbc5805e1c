import type { Generation, TaskStore } from '@vaultstream/contracts';
import type { Logger } from '@vaultstream/runtime';
import type { Broker } from '../broker/broker.ts';

/** Handed-over tasks that are asked about in one go. */
const batchSize = 200;

/** Sets tasks free whose worker died. */
export async function sweepLeases(store: TaskStore, logger: Logger): Promise<void> {
  const expired = await store.expireLeases();
  if (expired > 0) logger.warn({ name: 'relay.expired', tasks: expired }, 'leases ran out: the tasks run again');
}

/**
 * Finds tasks that say they are at a broker which knows nothing of them (it was wiped, or a relay died between the two steps)
 * and puts them back. Those that a broker still holds are left alone however long they wait.
 */
export async function sweepQueued(
  store: TaskStore,
  broker: Broker,
  olderThanMs: number,
  logger: Logger,
): Promise<void> {
  const stale = await store.staleQueued(olderThanMs, batchSize);
  if (stale.length === 0) return;
  const held: Generation[] = [];
  const here = stale.filter((entry) => entry.broker === broker.name);
  for (const [queue, entries] of Map.groupBy(here, (entry) => entry.queue))
    held.push(...(await broker.holds(queue, entries)));
  const lost = stale.filter((entry) => !held.includes(entry));
  if (held.length > 0) await store.confirmQueued(held);
  if (lost.length === 0) return;
  const tasks = await store.putBack(lost);
  if (tasks > 0) logger.warn({ name: 'relay.lost', tasks }, 'wake-ups were lost: they are sent again');
}
