import { InfrastructureError, tasksOf, type QueueName, type TaskStore, type WakeUp } from '@vaultstream/contracts';
import { crashPoint, type Logger } from '@vaultstream/runtime';
import type { Broker } from '../broker/broker.ts';
import { inHandOver } from './hand-over-span.ts';

/** Milliseconds that a wake-up which the broker refuses, though it is there, waits in the log. */
const refusedDelayMs = 30_000;

/**
 * Moves due tasks from the log to the broker. No row is locked while the broker is spoken to: a crash in between leaves rows
 * that say `queued` and that the broker does not know, which the sweep finds.
 * @returns How many were moved.
 * @throws InfrastructureError when the database or the broker is away; the rows are in the log again, or will be by the sweep.
 */
export async function handOver(
  store: TaskStore,
  broker: Broker,
  bounds: Partial<Record<QueueName, number>>,
  logger: Logger,
): Promise<number> {
  const wakeUps = await store.takeReady(bounds, broker.name);
  const byQueue = Map.groupBy(wakeUps, (wakeUp) => wakeUp.queue);
  const results = await Promise.allSettled(
    [...byQueue].map(([queue, batch]) => publish(store, broker, queue, batch, logger)),
  );
  for (const result of results) if (result.status === 'rejected') throw result.reason;
  return wakeUps.reduce((sum, { others }) => sum + 1 + (others?.length ?? 0), 0);
}

async function publish(
  store: TaskStore,
  broker: Broker,
  queue: QueueName,
  batch: readonly WakeUp[],
  logger: Logger,
): Promise<void> {
  try {
    crashPoint('before-publish');
    await inHandOver(queue, broker.name, batch, () => broker.publish(queue, batch));
    crashPoint('after-publish');
  } catch (err) {
    const away = await outage(broker, err);
    if (away !== undefined) {
      await store.putBack(batch.flatMap(tasksOf));
      throw away;
    }
    // The broker is there, so something in the batch is wrong: it must not hold up the rest.
    const parts = batch.length > 1 ? batch : batch.flatMap(alone);
    if (parts.length > 1) {
      for (const wakeUp of parts) await publish(store, broker, queue, [wakeUp], logger);
      return;
    }
    await store.putBack(batch.flatMap(tasksOf), refusedDelayMs);
    logger.error({ name: 'relay.refused', queue, task_id: batch[0]?.taskId, err }, 'the broker refused a wake-up');
  }
}

/** A wake-up for each task of a chunk. Their rows still name the chunk's: should one wait for long, it is sent again, once too often. */
function alone({ others = [], ...first }: WakeUp): WakeUp[] {
  return [first, ...others.map((other) => ({ ...first, ...other }))];
}

/** The outage behind a failed hand-over; undefined when the broker is well. */
async function outage(broker: Broker, error: unknown): Promise<Error | undefined> {
  if (error instanceof InfrastructureError) return error;
  return broker.probe().then(
    () => undefined,
    (away: Error) => away,
  );
}
