import { z } from 'zod';
import { text } from './common.ts';

/** A bot token as a person gives it: the service's own form is checked by its target kind. */
const botToken = z
  .string()
  .trim()
  .min(20)
  .max(512)
  .regex(/^[\x21-\x7e]+$/, 'must be printable ASCII without spaces')
  .refine((token) => !token.includes('****'), 'is a masked token: give the real one');

const botFields = {
  name: text(200).min(1),
  bot_token: botToken,
  enabled: z.boolean(),
  /** The bot that targets of its platform use when they name none. One per platform: the others step back. */
  is_primary: z.boolean(),
};

/** POST /bot-config */
export const botRequestSchema = z.strictObject({
  ...botFields,
  platform: text(50).min(1),
  enabled: botFields.enabled.default(true),
  is_primary: botFields.is_primary.default(false),
});
export type BotRequest = z.infer<typeof botRequestSchema>;

export const botPatchSchema = z.strictObject(botFields).partial();
export type BotPatch = z.infer<typeof botPatchSchema>;

export const botViewSchema = z.object({
  id: z.string(),
  platform: z.string(),
  name: z.string(),
  /** Masked, such as `123456:****abcd`. */
  bot_token: z.string(),
  enabled: z.boolean(),
  is_primary: z.boolean(),
  /** Why the product has disabled it: `unauthorized` when the service refused its token. */
  disabled_reason: z.string().nullable(),
  created_at: z.iso.datetime(),
  updated_at: z.iso.datetime(),
});
export type BotView = z.infer<typeof botViewSchema>;
