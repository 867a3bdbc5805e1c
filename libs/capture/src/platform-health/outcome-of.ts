import { isOurFault, isVaultError } from '@vaultstream/contracts';
import type { TryOutcome } from '@vaultstream/store';

/** Answers that a healthy platform gives too, and refusals of our own. */
const absences: ReadonlySet<string> = new Set(['NotFound', 'Unsupported', 'Refused', 'InvalidInput']);

/** What an error of a parse says of its platform; null for what says nothing of it: our own outage, a lost lease, the end of the process. */
export function outcomeOf(error: unknown): TryOutcome | null {
  if (isOurFault(error)) return null;
  if (!isVaultError(error)) return 'failed';
  if (error.disposition === 'retry') return 'sick';
  return absences.has(error.name) ? 'absent' : 'failed';
}
