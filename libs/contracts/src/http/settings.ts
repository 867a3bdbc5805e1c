import { z } from 'zod';

/** The path of one setting: words parted by points, such as `platform.bilibili.sessdata`. */
export const settingPathSchema = z.strictObject({
  key: z
    .string()
    .max(200)
    .regex(/^[a-z0-9_]+(?:\.[a-z0-9_]+)*$/, 'must be words of a-z, 0-9 and _, parted by points'),
});
export type SettingPath = z.infer<typeof settingPathSchema>;

/** PUT /settings/{key}. What the value may be is said by the setting itself. */
export const settingBodySchema = z.strictObject({ value: z.json() });
export type SettingBody = z.infer<typeof settingBodySchema>;

/** A setting as an admin sees it. */
export const settingViewSchema = z
  .object({
    key: z.string(),
    description: z.string(),
    /** Secrets have no `value` here. */
    secret: z.boolean(),
    /** True when the database or the environment gives a value. */
    configured: z.boolean(),
    /** Where the value comes from. */
    source: z.enum(['database', 'environment', 'default']),
    /** The value that holds; null when there is none. Never there for a secret. */
    value: z.json().optional(),
    /** When it was set; null when it does not come from the database. */
    updated_at: z.iso.datetime().nullable(),
  })
  .meta({ id: 'Setting' });
export type SettingView = z.infer<typeof settingViewSchema>;
