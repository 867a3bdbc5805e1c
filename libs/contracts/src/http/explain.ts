import { z } from 'zod';
import { archiveStatuses, contentStatuses, mediaStatuses } from '../content.ts';
import { decisionReasons, deliveryStates } from '../delivery.ts';

const time = z.iso.datetime();
const triedTask = z
  .object({ state: z.string(), failures: z.int(), next_run_at: time })
  .describe('The live task: how often it has failed, and when it runs (again).');

/** What a rule says about a content: at its last plan, and if it were planned now. */
const ruleVerdict = z.object({ matched: z.boolean(), reason: z.enum(decisionReasons) });

/** GET /contents/{id}/explain */
export const explanationSchema = z
  .object({
    content_id: z.int(),
    identity: z.object({
      platform: z.string(),
      canonical_url: z.string(),
      keys: z.array(z.object({ platform: z.string(), key: z.string(), since: time })),
      merged: z.array(z.object({ content_id: z.int(), canonical_url: z.string() })),
      /** The latest 100 shares: what was typed, and what today's rules make of it (null when they refuse it). */
      sources: z.array(
        z.object({
          typed: z.string(),
          canonical_url: z.string().nullable(),
          platform: z.string().nullable(),
          source: z.string().nullable(),
          created_at: time,
        }),
      ),
    }),
    parse: z.object({
      status: z.enum(contentStatuses),
      parser_version: z.int().nullable(),
      /** How often it was read, or tried to. */
      generation: z.int(),
      /** Failures that were final. */
      failure_count: z.int(),
      last_error_type: z.string().nullable(),
      last_error: z.string().nullable(),
      last_error_at: time.nullable(),
      task: triedTask.nullable(),
    }),
    archive: z.object({
      status: z.enum(archiveStatuses),
      /** How many media are in each state. */
      media: z.record(z.enum(mediaStatuses), z.int()),
      failures: z.array(
        z.object({
          origin_url: z.string(),
          status: z.enum(mediaStatuses),
          type: z.string().nullable(),
          error: z.string().nullable(),
        }),
      ),
      waiting: z
        .array(z.object({ origin_url: z.string(), reason: z.string(), until: time }))
        .describe('Pictures that cannot be stored just now, why, and when that is over at the latest.'),
    }),
    waits_for: z
      .string()
      .nullable()
      .describe(
        'Why the rules have not been asked yet, or about what; null when they have had their say and nothing is left to them.',
      ),
    plan: z.object({
      last_at: time.nullable().describe('When the rules were asked last; null when they were not.'),
      changed_since: z.boolean().describe('Something that rules look at has changed since: they are asked again.'),
      task: triedTask.nullable(),
    }),
    rules: z.array(
      z.object({
        rule_id: z.string(),
        name: z.string(),
        enabled: z.boolean(),
        version: z.int(),
        /** What it said when this content was planned; null when it was not asked. */
        decided: z
          .object({
            at: time,
            /** Of the rule, then. */
            version: z.int(),
            ...ruleVerdict.shape,
            targets: z.array(
              z.object({ target_id: z.string(), target_key: z.string(), reason: z.enum(decisionReasons) }),
            ),
          })
          .nullable(),
        /** What it would say now; null while it is disabled or deleted. */
        now: ruleVerdict.nullable(),
        will: z
          .array(
            z.object({
              target_id: z.string().nullable(),
              target_key: z.string().nullable(),
              outcome: z.enum(['in_ledger', 'will_be_planned', 'not_retroactive', 'nothing']),
              detail: z.string(),
            }),
          )
          .describe('What comes of it without anybody doing anything, by target; without one where it sends nowhere.'),
      }),
    ),
    deliveries: z.array(
      z.object({
        delivery_id: z.string(),
        target_id: z.string(),
        target_key: z.string(),
        target_enabled: z.boolean(),
        rule_id: z.string().nullable(),
        status: z.enum(deliveryStates),
        reason: z.string().nullable(),
        not_before: time.nullable(),
        attempts: z.int(),
        last_error_type: z.string().nullable(),
        last_error: z.string().nullable(),
        /** What it waits for, in words; null when it is through. */
        held_by: z.string().nullable(),
        task: triedTask.nullable(),
      }),
    ),
  })
  .meta({ id: 'Explanation' });
export type Explanation = z.infer<typeof explanationSchema>;
