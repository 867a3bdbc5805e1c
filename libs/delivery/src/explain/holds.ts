import { settleDeadlineMs, type DeliveryState, type Explanation } from '@vaultstream/contracts';
import type { ExplainedDelivery, ExplainRows, LiveTask } from '@vaultstream/store';

/** What a state waits for, in words; null for one that is through. */
const holds: Record<DeliveryState, string | null> = {
  planned: 'It waits for its turn.',
  held: 'It is held back.',
  sending: 'It is being sent.',
  sent: null,
  partial: 'Some of its messages were sent, the others failed: retry sends those.',
  failed: 'It failed for good: retry sends it again.',
  unconfirmed: 'Nobody knows whether it arrived: resolve it as sent or not_sent.',
  cancelled: null,
  blocked: 'It must not be sent as things are.',
  deleted: null,
};

/** The same for a reason that says more than the state. */
const reasons: Record<string, string> = {
  approval_required: 'It waits for somebody to approve it.',
  target_disabled: 'Its target is disabled.',
  rate_limited: 'Its target has asked for a pause.',
  nsfw_blocked: 'It is NSFW, and its rule does not send such contents there.',
  rule_deleted: 'The rule that planned it is deleted, and no other sends it there.',
  rule_disabled: 'The rule that planned it is disabled, and no other sends it there.',
  rule_no_longer_matches: 'The rule that planned it does not match any more, and no other sends it there.',
  target_not_in_rule: 'The rule that planned it has given the target up, and no other sends it there.',
  outcome_unknown: 'The last call may have arrived: it is made again.',
};

const through: readonly DeliveryState[] = ['sent', 'cancelled', 'deleted'];

/** Why the rules have not been asked yet; null when they have been, or may be at any moment. */
export function waitsFor({ parse, decisions, deliveries, tasks, circuit }: ExplainRows): string | null {
  if (decisions.length > 0 || deliveries.length > 0) return null;
  if (parse.status === 'FAILED') return 'It could not be read: see parse. A retry or another share reads it again.';
  if (parse.status !== 'PULLED' && circuit !== null)
    return `It has not been read yet: its platform is left alone until it answers again (${circuit.reason ?? 'most of what was asked has failed'}).`;
  if (parse.status !== 'PULLED') return 'It has not been read yet.';
  if (parse.archiveStatus === 'pending')
    return `Its pictures are being archived; after ${settleDeadlineMs / 60_000} minutes it goes on with those that are there.`;
  return tasks.some(({ name }) => name === 'delivery.plan') ? 'The rules are about to be asked.' : null;
}

/** One row of the ledger: where it stands and what it waits for. */
export function explainDelivery(row: ExplainedDelivery, tasks: readonly LiveTask[]): Explanation['deliveries'][number] {
  const task = tasks.find(({ name, targetId }) => name === 'delivery.send' && targetId === row.targetId);
  return {
    delivery_id: row.id,
    target_id: row.targetId,
    target_key: row.targetKey,
    target_enabled: row.targetEnabled,
    rule_id: row.ruleId,
    status: row.state,
    reason: row.reason,
    not_before: row.notBefore?.toISOString() ?? null,
    attempts: row.attempts,
    last_error_type: row.lastErrorType,
    last_error: row.lastError,
    held_by: through.includes(row.state) ? null : (reasons[row.reason ?? ''] ?? holds[row.state]),
    task: taskOf(task),
  };
}

/** A live task as the API shows it. */
export function taskOf(task: LiveTask | undefined): Explanation['parse']['task'] {
  return task ? { state: task.state, failures: task.failures, next_run_at: task.runAt.toISOString() } : null;
}
