import type { Generation, HandedOver, TaskStore } from '@vaultstream/contracts';
import type { Logger } from '@vaultstream/runtime';
import type { Route } from './route.ts';

/** Handed-over tasks that a broker is asked about in one go. */
const batchSize = 500;

/** Sets tasks free whose worker died. */
export async function sweepLeases(store: TaskStore, logger: Logger): Promise<void> {
  const expired = await store.expireLeases();
  if (expired > 0) logger.warn({ name: 'relay.expired', tasks: expired }, 'leases ran out: the tasks run again');
}

/**
 * Finds tasks that say they are at a broker which knows nothing of them (it was wiped, it is away and another stands in, or a relay died
 * between the two steps) and puts them back. Those that a broker still holds are left alone however long they wait.
 * @param limit How many are looked at, the longest waiting first.
 */
export async function sweepQueued(
  store: TaskStore,
  route: Route,
  olderThanMs: number,
  limit: number,
  logger: Logger,
): Promise<void> {
  const stale = await store.staleQueued(olderThanMs, limit);
  for (let start = 0; start < stale.length; start += batchSize) {
    const { held, lost } = await sort(stale.slice(start, start + batchSize), route);
    if (held.length > 0) await store.confirmQueued(held);
    const tasks = lost.length > 0 ? await store.putBack(lost) : 0;
    if (tasks > 0) logger.warn({ name: 'relay.lost', tasks }, 'wake-ups were lost: they are sent again');
  }
}

async function sort(stale: readonly HandedOver[], route: Route): Promise<{ held: Generation[]; lost: Generation[] }> {
  const held: Generation[] = [];
  const lost: Generation[] = [];
  for (const [name, ofBroker] of Map.groupBy(stale, (entry) => entry.broker)) {
    const broker = route.find(name);
    if (broker === 'wait') continue;
    if (broker === 'lost') {
      lost.push(...ofBroker);
      continue;
    }
    for (const [queue, entries] of Map.groupBy(ofBroker, (entry) => entry.queue)) {
      const known = new Set(await broker.holds(queue, entries));
      for (const entry of entries) (known.has(entry) ? held : lost).push(entry);
    }
  }
  return { held, lost };
}
