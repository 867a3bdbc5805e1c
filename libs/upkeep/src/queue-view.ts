import type { QueueStats, QueueView } from '@vaultstream/contracts';

/** A queue as the API shows it. No process sees the whole rate: dashboards take it from `vaultstream_tasks_total`. */
export function toQueueView({ queue, waiting, active, delayed, failed, oldestSeconds }: QueueStats): QueueView {
  return { queue, waiting, active, delayed, failed, oldest_age: oldestSeconds, rate: null };
}
