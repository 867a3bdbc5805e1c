import type { EventType, QueueName, QueueStats, QueueView } from '@vaultstream/contracts';

/** The events that a task of a queue ends with, one each: they are what all processes together have done. */
const ends: Record<QueueName, readonly EventType[] | null> = {
  parse: ['content.pulled', 'content.failed'],
  media: ['media.stored', 'media.failed', 'media.skipped'],
  // A plan may write nothing, and most contents settle without a task.
  plan: null,
  push: ['delivery.sent', 'delivery.partial', 'delivery.failed', 'delivery.unconfirmed'],
  upkeep: null,
};

/**
 * A queue as the API shows it.
 * @param perMinute Events of a type, a minute.
 */
export function toQueueView(
  { queue, waiting, active, delayed, failed, oldestSeconds }: QueueStats,
  perMinute: Partial<Record<EventType, number>>,
): QueueView {
  const types = ends[queue];
  const rate = types && types.reduce((sum, type) => sum + (perMinute[type] ?? 0), 0);
  // The parts have two decimals; their sum would show what binary fractions make of it.
  return { queue, waiting, active, delayed, failed, oldest_age: oldestSeconds, rate: rate && Number(rate.toFixed(2)) };
}
