import { z } from 'zod';
import { text } from './common.ts';

const time = z.iso.datetime();

/** The path of one platform. */
export const platformPathSchema = z.strictObject({ id: text(50).min(1) });
export type PlatformPath = z.infer<typeof platformPathSchema>;

/** `unset`: no cookie is configured; `set`: nothing is known of it yet; else what the platform said last to a call with it. */
export const cookieStates = ['unset', 'set', 'valid', 'rejected'] as const;
export type CookieState = (typeof cookieStates)[number];

/** closed: all is well; open: nobody asks; half_open: one parse tries whether the platform is back. */
export const circuitStates = ['closed', 'open', 'half_open'] as const;
export type CircuitState = (typeof circuitStates)[number];

/**
 * `unknown`: not asked lately, or too little to judge by; `ok`; `degraded`: asked, and answers less than it should (many failures, nothing but
 * failures, a refused cookie, a canary that failed);
 * `down`: its circuit is not closed.
 */
export const platformConditions = ['unknown', 'ok', 'degraded', 'down'] as const;
export type PlatformCondition = (typeof platformConditions)[number];

/** What came of reading a platform's own example. */
export const canaryReportSchema = z
  .object({
    platform: z.string(),
    url: z.string(),
    ok: z.boolean(),
    at: time,
    took_ms: z.int(),
    title: z.string().nullable(),
    author: z.string().nullable(),
    /** Pictures, films and files that were found. */
    media: z.int(),
    /** The parser that read it; null when it failed. */
    parser_version: z.int().nullable(),
    error_type: z.string().nullable(),
    error: z.string().nullable(),
    /** Whether a parse that fails so would be tried again; null when it did not fail. */
    retryable: z.boolean().nullable(),
  })
  .meta({ id: 'CanaryReport' });
export type CanaryReport = z.infer<typeof canaryReportSchema>;

const windowSchema = z.object({
  /** How far it looks back. */
  seconds: z.int(),
  /** Tries in all; one parse may be several. */
  tries: z.int(),
  succeeded: z.int(),
  /** Not there, or not what we read: says nothing against the platform. */
  absent: z.int(),
  /** Refused, or not to be made sense of. */
  failed: z.int(),
  /** 5xx, no answer, rate limits, risk control: what opens the circuit. */
  sick: z.int(),
});

export const circuitViewSchema = z.object({
  state: z.enum(circuitStates),
  /** When it opened, or closed again; null when it never opened. */
  since: time.nullable(),
  /** When the next parse may try; null unless it is open. */
  retry_at: time.nullable(),
  /** What the platform said last before it opened, or at the last try; null while it is closed. */
  reason: z.string().nullable(),
  /** How often in a row a try has failed, the opening included. */
  trips: z.int(),
});
export type CircuitView = z.infer<typeof circuitViewSchema>;

/** A platform as clients see it. */
export const platformViewSchema = z
  .object({
    id: z.string(),
    /** Empty: any host that no other platform answers for. */
    hosts: z.array(z.string()),
    content_types: z.array(z.string()),
    /** What new contents are read with. */
    parser_version: z.int(),
    /** What its canary reads. */
    example: z.string(),
    /** See `GET /settings`. */
    settings: z.array(
      z.object({ key: z.string(), description: z.string(), secret: z.boolean(), configured: z.boolean() }),
    ),
    health: z.object({
      state: z.enum(platformConditions),
      /** Of the tries in the window that say something of the platform; null when there were none. */
      success_ratio: z.number().nullable(),
      window: windowSchema,
      last_error_type: z.string().nullable(),
      last_error_at: time.nullable(),
      last_success_at: time.nullable(),
      /** Null where there is none: `web` is many hosts, none of which may stop the others. */
      circuit: circuitViewSchema.nullable(),
      /** Null where no account is of use. */
      cookie: z.object({ state: z.enum(cookieStates), since: time.nullable() }).nullable(),
      /** The last one, on demand or of the day. */
      canary: canaryReportSchema.nullable(),
    }),
  })
  .meta({ id: 'Platform' });
export type PlatformView = z.infer<typeof platformViewSchema>;

/** Reset answers the circuit as it is now. */
export const resetAnswerSchema = z.object({
  circuit: circuitViewSchema,
  /** False when it was closed already. */
  was_open: z.boolean(),
});
export type ResetAnswer = z.infer<typeof resetAnswerSchema>;

/** POST /contents/reparse */
export const reparseSchema = z.strictObject({
  platform: text(50).min(1),
  /** Contents that an older parser than this has read; at most the parser's present version. */
  below_version: z.int().min(1).max(1_000_000),
  /** The oldest go first. */
  limit: z.int().min(1).max(10_000).default(1_000),
  /** Spreads them over time: this many a minute. */
  per_minute: z.int().min(1).max(6_000).default(60),
});
export type Reparse = z.infer<typeof reparseSchema>;

export const reparseAnswerSchema = z.object({
  /** Contents that an older parser has read. */
  matched: z.int(),
  /** Those of them that this call has queued. */
  queued: z.int(),
  /** Those of them that were queued already. */
  waiting: z.int(),
  /** When the last of what was queued now may run; null when nothing was. */
  ends_at: time.nullable(),
});
export type ReparseAnswer = z.infer<typeof reparseAnswerSchema>;
