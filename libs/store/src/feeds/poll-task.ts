import type { AnyNewTask, TaskLog, TaskRef, Tx } from '@vaultstream/contracts';
import { currentTrace } from '@vaultstream/runtime';
import { wakeTasks } from '../tasks/wake.ts';

/** Polls are nobody's wish of the moment: they let shares go first. */
const pollPriority = 7;

/** The dedupe key of a feed's poll: at most one is alive. */
const pollKey = (feedId: string): string => `feed.poll:${feedId}`;

/** Sees to it that these feeds are polled: one task each, and none beside one that is alive. */
export function appendPolls(tx: Tx, log: TaskLog, feedIds: readonly string[]): Promise<TaskRef[]> {
  return log.append(tx, feedIds.map(pollTask));
}

/** The same for one feed that somebody waits for: a task that waits for its time is due now. */
export async function appendPollNow(tx: Tx, log: TaskLog, feedId: string): Promise<string> {
  const [ref] = await appendPolls(tx, log, [feedId]);
  if (!ref) throw new Error('the task log has appended nothing');
  if (!ref.created) await wakeTasks(tx, [pollKey(feedId)]);
  return ref.id;
}

function pollTask(feedId: string): AnyNewTask {
  return {
    name: 'feed.poll',
    payload: { feed_id: feedId },
    dedupeKey: pollKey(feedId),
    priority: pollPriority,
    trace: currentTrace(),
  };
}
