import { z } from 'zod';

/** What the product must know of a setting beyond its schema. */
export interface SettingFacts {
  /** One line for whoever sets it. */
  description: string;
  /** True: sealed at rest and masked in every answer. */
  secret: boolean;
}

/**
 * Facts by schema. A member of a platform's settings schema registers itself as the last step: `z.string().optional().register(settingFacts, {...})`.
 * A member that says nothing of itself is taken for a secret.
 */
export const settingFacts = z.registry<SettingFacts>();

/** One cookie's value, without its name: printable ASCII without spaces, quotes, backslash and semicolon (RFC 6265 4.1.1; browsers send commas). */
export function cookieSetting(description: string) {
  return z
    .string()
    .trim()
    .min(1)
    .max(4_096)
    .regex(/^[\x21\x23-\x3a\x3c-\x5b\x5d-\x7e]+$/, 'must be the value of one cookie, without its name and without ;')
    .optional()
    .register(settingFacts, { description, secret: true });
}
