/** Words of the push ledger. */

export const deliveryStates = [
  'planned',
  'held',
  'sending',
  'sent',
  'partial',
  'failed',
  'unconfirmed',
  'cancelled',
  'blocked',
  'deleted',
] as const;
export type DeliveryState = (typeof deliveryStates)[number];

export const partStates = ['planned', 'sending', 'sent', 'failed', 'unconfirmed'] as const;
export type PartState = (typeof partStates)[number];

/** What the target does with a part whose outcome nobody knows. `hold`: wait for a person. `resend`: send again (at least once). */
export const inDoubtPolicies = ['hold', 'resend'] as const;
export type InDoubtPolicy = (typeof inDoubtPolicies)[number];

export const nsfwPolicies = ['block', 'allow', 'separate'] as const;
export type NsfwPolicy = (typeof nsfwPolicies)[number];

/** Why a rule decided as it did, for one content and one target. Values of the original where it had one. */
export const decisionReasons = [
  'rule_matched',
  'platform_mismatch',
  'tags_excluded',
  'tags_not_all_matched',
  'tags_not_any_matched',
  'author_mismatch',
  'content_type_mismatch',
  'nsfw_condition_mismatch',
  'query_mismatch',
  'nsfw_blocked',
  'nsfw_separate_unconfigured_blocked',
  'approval_required',
  'no_enabled_targets',
  'target_disabled',
  'already_in_ledger',
  /** It matches, as it would have before the change that it is asked about; but it was made or changed after the rules were asked last. */
  'not_retroactive',
] as const;
export type DecisionReason = (typeof decisionReasons)[number];

/** Why a row that a rule has entered must not be sent any more: its rule, or its content, is not what it was. */
export const ruleBlockReasons = [
  'nsfw_blocked',
  'rule_deleted',
  'rule_disabled',
  'rule_no_longer_matches',
  'target_not_in_rule',
] as const;
export type RuleBlockReason = (typeof ruleBlockReasons)[number];

/** How long delivery waits for pictures to settle: milliseconds (15 minutes). */
export const settleDeadlineMs = 15 * 60_000;
