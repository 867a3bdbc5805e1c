import { z } from 'zod';
import { scopes } from '../ports.ts';
import { text } from './common.ts';

/** POST /tokens */
export const tokenRequestSchema = z.strictObject({
  name: text(100).min(1),
  scopes: z.array(z.enum(scopes)).min(1),
  expires_at: z.iso.datetime({ offset: true }).optional(),
});
export type TokenRequest = z.infer<typeof tokenRequestSchema>;

export const tokenViewSchema = z
  .object({
    id: z.string(),
    name: z.string(),
    /** First characters, to tell tokens apart. */
    prefix: z.string(),
    scopes: z.array(z.enum(scopes)),
    created_at: z.iso.datetime(),
    last_used_at: z.iso.datetime().nullable(),
    expires_at: z.iso.datetime().nullable(),
    revoked_at: z.iso.datetime().nullable(),
    /** Only in the answer that creates it. */
    token: z.string().optional(),
  })
  .meta({ id: 'Token' });
export type TokenView = z.infer<typeof tokenViewSchema>;
