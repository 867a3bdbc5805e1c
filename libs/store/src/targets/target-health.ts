import { isVaultError, type Tx } from '@vaultstream/contracts';
import { redactText } from '@vaultstream/runtime';
import { cleanText } from '../contents/clean-text.ts';
import { openTx } from '../database/tx.ts';
import { Events } from '../events/events.ts';
import type { DisabledReason } from './target-record.ts';

/** Nothing but failures for this long disables a target: milliseconds (Svix `endpoint_failure_disable_after`, 120 h). */
export const failingLimitMs = 120 * 3_600_000;
/** Fewer failures than this are sporadic, however long ago the first one was. */
export const failingMinimum = 5;
/** Deliveries refused for good (401, 403, 404) since the last success or the last change by a person that disable a target. */
export const refusedLimit = 3;
/** Characters of an error that are kept. */
const maxError = 1_000;

/**
 * One delivery went through: all is forgiven. The time of the last success is to the second: where nothing has failed in between, many
 * messages a second to one target would only wait for each other. A failure that is committed at this very moment is forgiven by the next one.
 */
export async function recordSuccess(tx: Tx, targetId: string): Promise<void> {
  await openTx(tx).$executeRaw`
    UPDATE targets SET last_success_at = now(), failing_since = NULL, consecutive_failures = 0, last_error = NULL
    WHERE id = ${targetId}::uuid AND (last_success_at IS NULL OR last_success_at < now() - interval '1 second'
      OR consecutive_failures > 0 OR failing_since IS NOT NULL OR last_error IS NOT NULL)`;
}

/**
 * One try failed. Disables the target, with one event, when it said that it is gone (410), when it has refused three deliveries
 * in a row, or when it has done nothing but fail for five days.
 * @returns Why the target was disabled just now, or null.
 */
export async function recordFailure(tx: Tx, targetId: string, error: unknown): Promise<DisabledReason | null> {
  const client = openTx(tx);
  const text = redactText(error instanceof Error ? `${error.name}: ${error.message}` : 'unknown error');
  const [row] = await client.$queryRaw<{ enabled: boolean; overdue: boolean }[]>`
    UPDATE targets SET consecutive_failures = consecutive_failures + 1, failing_since = COALESCE(failing_since, now()),
      last_error = ${cleanText(text.slice(0, maxError))}
    WHERE id = ${targetId}::uuid
    RETURNING enabled, consecutive_failures >= ${failingMinimum}::int
      AND failing_since <= now() - ${failingLimitMs}::double precision * interval '1 millisecond' AS overdue`;
  if (!row?.enabled) return null;
  const reason = await disableFor(tx, targetId, error, row.overdue);
  if (reason === null) return null;
  await client.target.update({ where: { id: targetId }, data: { enabled: false, disabledReason: reason } });
  await Events.append(tx, [{ type: 'target.disabled', targetId, payload: { reason } }]);
  return reason;
}

async function disableFor(tx: Tx, targetId: string, error: unknown, overdue: boolean): Promise<DisabledReason | null> {
  if (isVaultError(error) && error.name === 'NotFound' && error.status === 410) return 'gone';
  if (isVaultError(error) && (error.name === 'AccessDenied' || error.name === 'NotFound')) {
    const [row] = await openTx(tx).$queryRaw<{ refused: number }[]>`
      SELECT count(*)::int AS refused FROM deliveries d JOIN targets t ON t.id = d.target_id
      WHERE t.id = ${targetId}::uuid AND d.last_error_type IN ('AccessDenied', 'NotFound')
        AND d.updated_at > GREATEST(t.updated_at, COALESCE(t.last_success_at, t.updated_at))`;
    if ((row?.refused ?? 0) >= refusedLimit) return 'access_denied';
  }
  return overdue ? 'failing' : null;
}
