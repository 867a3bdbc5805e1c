import { s3Failure } from './s3-error.ts';

/** Somebody was faster (412; AWS says 409 to writes that race), or the store does not know the condition (501, and 400 of old ones). */
const refusals = new Set([400, 409, 412, 501]);

/**
 * A write under the condition that nothing is there yet. When it is refused, whatever the reason, what is there decides: the right bytes
 * are taken as they are, anything else is replaced. That is harmless, since all who write a key write the same bytes.
 * @param write Writes; `onlyIfAbsent` are the input fields of the condition.
 * @param holds Whether the right bytes are there.
 * @returns False when the right bytes were there.
 */
export async function writeIfAbsent(
  write: (onlyIfAbsent: { IfNoneMatch?: '*' }) => Promise<void>,
  holds: () => Promise<boolean>,
): Promise<boolean> {
  try {
    await write({ IfNoneMatch: '*' });
    return true;
  } catch (error) {
    if (!refusals.has(s3Failure(error).status ?? 0)) throw error;
    if (await holds()) return false;
    await write({});
    return true;
  }
}
