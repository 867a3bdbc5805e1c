import type { DeadLetterReason, DeadLetterView } from '@vaultstream/contracts';
import type { DeadLetter } from '../generated/client.ts';

/** A dead letter as it goes over HTTP. The payload stays here. */
export function toDeadLetterView(row: DeadLetter): DeadLetterView {
  return {
    id: row.id,
    task: row.name,
    content_id: row.contentId,
    target_id: row.targetId,
    reason: row.reason as DeadLetterReason,
    error_type: row.errorType,
    error: row.error,
    detail: row.detail as DeadLetterView['detail'],
    attempts: row.attempts,
    trace_id: row.traceparent?.split('-')[1] ?? null,
    fingerprint: row.fingerprint,
    created_at: row.createdAt.toISOString(),
  };
}
