import type { TargetSettings } from '@vaultstream/contracts';
import type { Admitted, ClaimedPart } from '@vaultstream/store';
import type { RateLimit, TargetKind } from '@vaultstream/targets';

/** One call that is made, and what its end depends on. */
export interface Call {
  kind: string;
  targetId: string;
  limits: readonly RateLimit[];
  mayResend: boolean;
  claim: ClaimedPart;
}

/** True when a message in doubt may be sent again: the service recognises it by its id, or the target's owner prefers twice to never. */
export function mayResend(kind: TargetKind, { in_doubt }: TargetSettings): boolean {
  return kind.idempotent || in_doubt === 'resend';
}

/** The call that a claim is for. */
export function callOf(kind: TargetKind, { target }: Admitted, claim: ClaimedPart): Call {
  const limits = kind.rateLimits(target);
  return { kind: kind.kind, targetId: target.id, limits, mayResend: mayResend(kind, target.settings), claim };
}
