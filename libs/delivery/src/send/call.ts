import type { TargetSettings } from '@vaultstream/contracts';
import type { ClaimedPart } from '@vaultstream/store';
import type { RateLimit, TargetIdentity, TargetKind } from '@vaultstream/targets';
import type { Route } from './routes.ts';

/** One call that is made, and what its end depends on. */
export interface Call {
  kind: TargetKind;
  targetId: string;
  /** The bot that it goes through; null for a kind without bots. */
  botId: string | null;
  limits: readonly RateLimit[];
  mayResend: boolean;
  claim: ClaimedPart;
}

/** True when a message in doubt may be sent again: the service recognises it by its id, or the target's owner prefers twice to never. */
export function mayResend(kind: TargetKind, { in_doubt }: TargetSettings): boolean {
  return kind.idempotent || in_doubt === 'resend';
}

/** What the limits of a target depend on: the bot that its messages go through now. */
export function identityOf({ target, bot }: Route): TargetIdentity {
  return { key: target.key, botConfigId: bot?.id ?? target.botConfigId };
}

/** The call that a claim is for. */
export function callOf(route: Route, claim: ClaimedPart): Call {
  const { kind, target, bot } = route;
  const limits = kind.rateLimits(identityOf(route));
  return {
    kind,
    targetId: target.id,
    botId: bot?.id ?? null,
    limits,
    mayResend: mayResend(kind, target.settings),
    claim,
  };
}
