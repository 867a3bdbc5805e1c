import { ruleBlockReasons, type DeliveryState, type PartState } from '@vaultstream/contracts';

/** Nothing has left yet, and a task or a person may still change that. These rows are cancelled with their content or target. */
export const openStates: readonly DeliveryState[] = ['planned', 'held', 'blocked'];

/**
 * States in which a `delivery.send` task does its work. `failed` and `partial` are among them: such a row has a task only when a
 * person has replayed its dead letter.
 */
export const sendableStates: readonly DeliveryState[] = ['planned', 'held', 'sending', 'failed', 'partial'];

/** Messages in these states have left, or may have: their row is sent to its end whatever the rules say by now. */
export const begunPartStates: readonly PartState[] = ['sending', 'sent', 'unconfirmed'];

/** What a person may do, by the states in which it makes sense. */
export const legalStates = {
  approve: ['held'],
  cancel: ['planned', 'held', 'blocked', 'failed'],
  retry: ['planned', 'failed', 'partial', 'cancelled', 'blocked'],
  resolve: ['unconfirmed'],
} as const satisfies Record<string, readonly DeliveryState[]>;
export type DeliveryAction = keyof typeof legalStates;

/** Why a row is as it is, where the state alone does not say. */
export const heldReasons = {
  approval: 'approval_required',
  limits: 'limits',
  bot: 'bot_unavailable',
  paused: 'rate_limited',
} as const;

/** Why a row stays `sending` between two tries: a call may have had an effect, and is made again. */
export const resendReason = 'outcome_unknown';

const ruleBlocks: readonly string[] = ruleBlockReasons;
/** Whether it is the rules that do not want a blocked row to be sent. */
export const isRuleBlock = (reason: string | null): boolean => reason !== null && ruleBlocks.includes(reason);

/** Held rows whose task comes back by itself. The others wait for a person. */
export const waitingReasons: readonly (string | null)[] = [heldReasons.limits, heldReasons.bot, heldReasons.paused];

/** Reasons of rows that were cancelled because their content or target was deleted: a revival may plan them anew. */
export const ownerGone = { content: 'content_deleted', target: 'target_deleted' } as const;

/** Why a row is `unconfirmed` that no call of ours was made for: it may have been sent after the backup that it was restored from. */
export const restoredReason = 'restored';
