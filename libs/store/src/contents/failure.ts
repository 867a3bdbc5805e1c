import type { ContentStatus, TaskLog, Tx } from '@vaultstream/contracts';
import { redactText } from '@vaultstream/runtime';
import { toJson } from '../database/json.ts';
import { openTx } from '../database/tx.ts';
import { Events } from '../events/events.ts';
import { LostRace, lockContent, lockContents, lockTasksOf } from './content-locks.ts';
import { mergeLocked } from './merge.ts';
import { wantsParse } from './parse-begin.ts';
import { cleanText } from './clean-text.ts';
import { appendSettleDeadline } from './parse-media.ts';
import { planIfChanged } from './plan-again.ts';
import { settleLocked } from './settle.ts';

/** The final error of a parse. Structurally the `TaskFailure` of the tasks lib. */
export interface ParseFailure {
  /** Constant name, such as `NotFound`. */
  errorType: string;
  message: string;
  stack: string | null;
  attempts: { at: string; type: string; message: string }[];
}

/**
 * Any unfinished state -> FAILED, with all that is known of the error. A content that was read before goes back to PULLED: it is as
 * good as it was, and settles with the pictures that came, or whose deadline passed, while it was being read anew. Does nothing to
 * a content that is gone, merged, deleted or PULLED. An address that was asked whether it still leads to a content (`aliasOf`), and does not
 * answer, goes on standing for that one: a dead short link is found again under what it led to.
 */
export async function recordParseFailure(
  tx: Tx,
  log: TaskLog,
  contentId: number,
  failure: ParseFailure,
): Promise<void> {
  if (await joinsFormerOwner(tx, log, contentId)) return;
  const row = await lockContent(tx, contentId);
  if (!wantsParse(row)) return;
  const message = cleanText(redactText(failure.message));
  const detail = toJson({
    message,
    stack: failure.stack === null ? null : redactText(failure.stack),
    attempts: failure.attempts.map((attempt) => ({ ...attempt, message: redactText(attempt.message) })),
  });
  const status: ContentStatus = row.parseGeneration > 0 ? 'PULLED' : 'FAILED';
  await openTx(tx).$executeRaw`
    UPDATE contents SET status = ${status}, failure_count = failure_count + 1, last_error = ${message},
      last_error_type = ${failure.errorType}, last_error_detail = ${JSON.stringify(detail)}::jsonb, last_error_at = now(),
      updated_at = now()
    WHERE id = ${contentId}`;
  await Events.append(tx, [
    {
      type: 'content.failed',
      contentId,
      payload: {
        status,
        error_type: failure.errorType,
        error: message.slice(0, 500),
        attempts: failure.attempts.length,
      },
    },
  ]);
  if (status !== 'PULLED') return;
  const kept = { ...row, status };
  const waits = !(await settleLocked(tx, log, kept)) && row.archiveStatus === 'pending';
  if (waits) await appendSettleDeadline(tx, log, kept);
  await planIfChanged(tx, log, contentId);
}

/** Merges an alias that could not be read into what it led to. False when the content is none. */
async function joinsFormerOwner(tx: Tx, log: TaskLog, contentId: number): Promise<boolean> {
  const [alias] = await openTx(tx).$queryRaw<{ owner: number }[]>`
    SELECT coalesce(o.merged_into, o.id) AS owner FROM contents c JOIN contents o ON o.id = c.alias_of WHERE c.id = ${contentId}`;
  if (!alias || alias.owner === contentId) return false;
  await lockTasksOf(tx, [contentId, alias.owner]);
  const rows = await lockContents(tx, [contentId, alias.owner]);
  const loser = rows.find((row) => row.id === contentId) ?? null;
  const survivor = rows.find((row) => row.id === alias.owner);
  if (!survivor || !wantsParse(loser) || loser.aliasOf === null) return false;
  if (survivor.mergedInto !== null) throw new LostRace(`content ${survivor.id} was just merged`);
  await mergeLocked(tx, log, { survivor, loser }, { parsed: false, lasting: false });
  return true;
}
