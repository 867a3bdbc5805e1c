import { z } from 'zod';
import { deliveryStates, inDoubtPolicies, nsfwPolicies, partStates } from '../delivery.ts';
import { pageQuery, queryContentId, tagSchema, text } from './common.ts';

const time = z.iso.datetime();
const positiveId = z.int().positive();

/** What every target may set. `template` is kept for later stages. */
export const targetSettingsSchema = z.strictObject({
  in_doubt: z.enum(inDoubtPolicies).optional(),
  /** Several pictures as one album, where the service knows albums. Default: one picture. */
  album: z.boolean().optional(),
  /** Messages arrive without a sound, where the service can do that. */
  disable_notification: z.boolean().optional(),
});
export type TargetSettings = z.infer<typeof targetSettingsSchema>;

/** POST /targets. `address` is checked by the target kind's own schema. */
export const targetRequestSchema = z.strictObject({
  kind: text(50).min(1),
  name: text(200).min(1),
  address: z.record(z.string(), z.json()),
  bot_config_id: z.uuid().optional(),
  settings: targetSettingsSchema.default({}),
  enabled: z.boolean().default(true),
});
export type TargetRequest = z.infer<typeof targetRequestSchema>;

export const targetPatchSchema = z.strictObject({
  name: text(200).min(1).optional(),
  /** What is left out stays, but a secret does not follow to another place: it is given again, or a new one is made. */
  address: z.record(z.string(), z.json()).optional(),
  /** Null: the primary bot. */
  bot_config_id: z.uuid().nullable().optional(),
  settings: targetSettingsSchema.optional(),
  enabled: z.boolean().optional(),
});
export type TargetPatch = z.infer<typeof targetPatchSchema>;

export const targetViewSchema = z
  .object({
    id: z.string(),
    key: z.string(),
    kind: z.string(),
    name: z.string(),
    /** Secrets inside are masked. */
    address: z.record(z.string(), z.unknown()),
    bot_config_id: z.string().nullable(),
    settings: targetSettingsSchema,
    enabled: z.boolean(),
    health: z.object({
      status: z.enum(['unknown', 'ok', 'failing', 'disabled']),
      last_success_at: time.nullable(),
      failing_since: time.nullable(),
      consecutive_failures: z.int(),
      last_error: z.string().nullable(),
      disabled_reason: z.string().nullable(),
    }),
    created_at: time,
    updated_at: time,
    /** Only in the answer that creates the target or changes where it is, when the server made it. */
    secret: z.string().optional(),
  })
  .meta({ id: 'Target' });
export type TargetView = z.infer<typeof targetViewSchema>;

export const ruleMatchSchema = z.strictObject({
  platforms: z.array(text(50).min(1)).max(50).optional(),
  tags_any: z.array(tagSchema).max(100).optional(),
  tags_all: z.array(tagSchema).max(100).optional(),
  tags_none: z.array(tagSchema).max(100).optional(),
  authors: z.array(text(200).min(1)).max(100).optional(),
  content_types: z.array(text(50).min(1)).max(50).optional(),
  is_nsfw: z.boolean().optional(),
  /** Words that must all occur in title, description or text. */
  query: text(200).min(1).optional(),
});
export type RuleMatch = z.infer<typeof ruleMatchSchema>;

const ruleFields = {
  name: text(200).min(1),
  enabled: z.boolean(),
  /** Higher decides first. */
  priority: z.int().min(-1_000).max(1_000),
  match: ruleMatchSchema,
  nsfw_policy: z
    .enum(nsfwPolicies)
    .describe(
      'Of NSFW contents: `block` stops them, `allow` treats them as others, `separate` sends them to `nsfw_target_ids` instead.',
    ),
  approval: z.enum(['auto', 'required']),
  target_ids: z.array(z.uuid()).max(100),
  nsfw_target_ids: z
    .array(z.uuid())
    .max(100)
    .describe(
      'Where NSFW contents go, and no others, under the policy `separate`, which needs at least one. None of `target_ids`.',
    ),
};

/** POST /rules */
export const ruleRequestSchema = z.strictObject({
  ...ruleFields,
  enabled: ruleFields.enabled.default(true),
  priority: ruleFields.priority.default(0),
  match: ruleFields.match.default({}),
  nsfw_policy: ruleFields.nsfw_policy.default('block'),
  approval: ruleFields.approval.default('auto'),
  nsfw_target_ids: ruleFields.nsfw_target_ids.default([]),
});
export type RuleRequest = z.infer<typeof ruleRequestSchema>;

export const rulePatchSchema = z.strictObject(ruleFields).partial();
export type RulePatch = z.infer<typeof rulePatchSchema>;

export const ruleViewSchema = z
  .object({
    id: z.string(),
    ...ruleFields,
    version: z.int(),
    created_at: time,
    updated_at: time,
  })
  .meta({ id: 'Rule' });
export type RuleView = z.infer<typeof ruleViewSchema>;

export const deliveryViewSchema = z
  .object({
    id: z.string(),
    content_id: z.int(),
    content_title: z.string().nullable().describe('As it is now; null where the page has none, or it is purged.'),
    target_id: z.string(),
    target_key: z.string(),
    target_name: z.string(),
    rule_id: z.string().nullable(),
    status: z.enum(deliveryStates),
    reason: z.string().nullable(),
    not_before: time.nullable(),
    attempts: z.int(),
    last_error: z.string().nullable(),
    last_error_type: z.string().nullable(),
    parts: z.array(
      z.object({
        id: z.string(),
        position: z.int(),
        status: z.enum(partStates),
        message_id: z.string().nullable(),
        receipt: z.record(z.string(), z.unknown()).nullable(),
        sent_at: time.nullable(),
      }),
    ),
    sent_at: time.nullable(),
    created_at: time,
    updated_at: time,
  })
  .meta({ id: 'Delivery' });
export type DeliveryView = z.infer<typeof deliveryViewSchema>;

export const deliveriesQuerySchema = z.strictObject({
  ...pageQuery,
  status: z.enum(deliveryStates).optional(),
  target_id: z.uuid().optional(),
  content_id: queryContentId.optional(),
});
export type DeliveriesQuery = z.infer<typeof deliveriesQuerySchema>;

/** POST /deliveries */
export const deliveryRequestSchema = z.strictObject({ content_id: positiveId.max(2_147_483_647), target_id: z.uuid() });
export type DeliveryRequest = z.infer<typeof deliveryRequestSchema>;

/** POST /deliveries/{id}/resolve */
export const resolveRequestSchema = z.strictObject({ as: z.enum(['sent', 'not_sent']) });
export type ResolveRequest = z.infer<typeof resolveRequestSchema>;

/** POST /bot/get-content */
export const getContentSchema = z.strictObject({
  target_platform: text(300).min(1),
  tag: tagSchema.optional(),
  platform: text(50).min(1).optional(),
  limit: z.int().min(1).max(10).default(1),
});
export type GetContent = z.infer<typeof getContentSchema>;

/** POST /bot/mark-pushed */
export const markPushedSchema = z.strictObject({
  content_id: positiveId.max(2_147_483_647),
  target_platform: text(300).min(1),
  message_id: z.union([text(200), z.int().transform(String)]).optional(),
});
export type MarkPushed = z.infer<typeof markPushedSchema>;
