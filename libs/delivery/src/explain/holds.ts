import { settleDeadlineMs, type DeliveryState, type Explanation } from '@vaultstream/contracts';
import { judgeRow, type ExplainedDelivery, type ExplainRows, type LiveTask } from '@vaultstream/store';
import { outlookOf } from './outlook.ts';

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

/** Why the rules have not been asked yet, or not about what has changed; null when they have had their say and nothing is left. */
export function waitsFor(rows: ExplainRows): string | null {
  const { parse, plan, circuit, tasks } = rows;
  const asked = plan.at !== null;
  if (parse.status === 'FAILED') return 'It could not be read: see parse. A retry or another share reads it again.';
  if (parse.status !== 'PULLED' && circuit !== null)
    return `It has not been read yet: its platform is left alone until it answers again (${circuit.reason ?? 'most of what was asked has failed'}).`;
  if (parse.status !== 'PULLED')
    return asked
      ? 'It is read once more; then the rules are asked about what has changed.'
      : 'It has not been read yet.';
  if (parse.archiveStatus === 'pending')
    return `Its pictures are being archived; after ${settleDeadlineMs / 60_000} minutes it goes on with those that are there.${pictureWait(rows.waitingMedia)}`;
  if (tasks.some(({ name }) => name === 'delivery.plan'))
    return asked ? 'Something has changed: the rules are about to be asked again.' : 'The rules are about to be asked.';
  if (!asked) return 'The rules have not been asked, and no task waits that would: it may be among the dead letters.';
  const late = rows.rules.filter((rule) => outlookOf(rule, rows).some(({ outcome }) => outcome === 'not_retroactive'));
  if (late.length === 0) return null;
  const names = late.map(({ name }) => `"${name}"`).join(', ');
  return `For nothing: what matches and is not in the ledger was made or changed after the rules were asked (${names}).`;
}

/** Why a picture cannot be stored just now, as a further sentence. */
function pictureWait([first, ...others]: ExplainRows['waitingMedia']): string {
  if (first?.reason !== 'blob_being_deleted') return '';
  const who = others.length === 0 ? 'One picture waits' : `${others.length + 1} pictures wait`;
  return ` ${who} for the end of a delete of the same bytes, until ${first.until.toISOString()} at the latest.`;
}

/** One row of the ledger: where it stands and what it waits for. */
export function explainDelivery(row: ExplainedDelivery, rows: ExplainRows): Explanation['deliveries'][number] {
  const { tasks } = rows;
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
    held_by: through.includes(row.state) ? null : (turned(row, rows) ?? reasons[row.reason ?? ''] ?? holds[row.state]),
    task: taskOf(task),
  };
}

/** What the rules have come to say of a row that waits; null when they still want it as it is. */
function turned(row: ExplainedDelivery, { rules, subject }: ExplainRows): string | null {
  if (row.begun || (row.state !== 'planned' && row.state !== 'held')) return null;
  const verdict = judgeRow(row, rules, subject);
  if (verdict.outcome === 'block')
    return `No rule wants it any more (${verdict.reason}): it is blocked when it is approved, or when its turn comes.`;
  const waits = verdict.outcome === 'hold' && row.reason !== 'approval_required';
  return waits ? 'Its rule wants approval by now: it is held when its turn comes.' : null;
}

/** A live task as the API shows it. */
export function taskOf(task: LiveTask | undefined): Explanation['parse']['task'] {
  return task ? { state: task.state, failures: task.failures, next_run_at: task.runAt.toISOString() } : null;
}
