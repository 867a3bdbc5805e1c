import type { ContentStatus } from '@vaultstream/contracts';
import type { ContentRow } from './content-row.ts';

/**
 * The status of a known content when it is shared once more, by a person or by a merge: FAILED is tried again, and so is what a
 * deletion interrupted before its pictures had settled, because the deletion ended their tasks.
 * @param revived The share brings it back from its deletion.
 */
export function statusWhenShared(row: ContentRow, revived: boolean): ContentStatus {
  const interrupted = revived && row.status === 'PULLED' && row.archiveStatus === 'pending';
  return row.status === 'FAILED' || interrupted ? 'UNPROCESSED' : row.status;
}
