import {
  deadLetterReason,
  isVaultError,
  retryDelayMs,
  type DeadLetterReason,
  type TaskDefinition,
  type VaultError,
} from '@vaultstream/contracts';
import { redactText } from '@vaultstream/runtime';
import { errorType } from './errors.ts';

/** What becomes of a task whose run ended in an error. */
export type Verdict =
  | { kind: 'retry'; delayMs: number }
  | { kind: 'defer'; delayMs: number }
  | { kind: 'bury'; reason: DeadLetterReason }
  | { kind: 'fenced' };

/** Milliseconds to wait for our own database, broker or object store, before jitter; and for a `Later` that does not say how long. */
const infrastructureDelayMs = 2_000;
const laterDelayMs = 1_000;

/** Milliseconds until a task that was put off runs again. */
export const deferMs = (later: Pick<VaultError, 'retryAfterMs'> | undefined): number =>
  later?.retryAfterMs ?? laterDelayMs;

/**
 * Bugs (anything that is not of our error family) are retried as network errors are: a deploy may mend them meanwhile.
 * @param failures How many tries of this task had failed before this one.
 * @param policy The task's entry in the catalog. Who is asked may put a retry off by `longestAskMs` at most.
 * @param random 0 to 1.
 */
export function verdictOn(
  error: unknown,
  failures: number,
  policy: Pick<TaskDefinition, 'retryDelaysMs' | 'longestAskMs'>,
  random: () => number = Math.random,
): Verdict {
  const known = isVaultError(error) ? error : undefined;
  if (known?.name === 'FenceLost') return { kind: 'fenced' };
  const asked = known?.retryAfterMs ?? 0;
  switch (known?.disposition) {
    case 'later':
      return { kind: 'defer', delayMs: deferMs(known) };
    case 'infrastructure':
      return { kind: 'defer', delayMs: Math.max(infrastructureDelayMs, asked) * (1 + random() / 2) };
    case 'fail':
      return { kind: 'bury', reason: deadLetterReason(error) };
    default: {
      const delayMs = retryDelayMs(policy, failures, asked);
      return delayMs === null ? { kind: 'bury', reason: 'max_attempts_reached' } : { kind: 'retry', delayMs };
    }
  }
}

/** Characters kept of a message and of a stack. */
const messageLength = 2_000;
const stackLength = 8_000;

/** An error as it is stored: constant type, secrets taken out, cut to size. */
export function describeError(error: unknown): { type: string; message: string; stack: string | null } {
  const type = errorType(error);
  const raw = error instanceof Error ? error.message : String(error);
  const message = error instanceof Error && !isVaultError(error) ? `${error.name}: ${raw}` : raw;
  const stack = error instanceof Error ? error.stack : undefined;
  return {
    type,
    message: redactText(message).slice(0, messageLength),
    stack: stack === undefined ? null : redactText(stack).slice(0, stackLength),
  };
}
