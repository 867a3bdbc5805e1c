import { z } from 'zod';

/**
 * Every state change writes one of these rows in its own transaction. They are the audit trail, a content's timeline,
 * the realtime feed and the source of webhooks. `payload` holds ids and small facts, never secrets or bodies.
 */
export const eventTypes = [
  'content.created',
  'content.shared',
  'content.processing',
  'content.waiting',
  'content.pulled',
  'content.failed',
  'content.requeued',
  'content.updated',
  'content.merged',
  'content.unmerged',
  'content.deleted',
  'content.restored',
  'content.purged',
  'content.settled',
  'media.stored',
  'media.failed',
  'media.skipped',
  'media.requeued',
  'media.waiting',
  'blob.damaged',
  'blob.repaired',
  'scrub.progressed',
  'scrub.finished',
  'delivery.planned',
  'delivery.held',
  'delivery.sending',
  'delivery.sent',
  'delivery.partial',
  'delivery.failed',
  'delivery.unconfirmed',
  'delivery.cancelled',
  'delivery.blocked',
  'delivery.requeued',
  'rule.decided',
  'rule.created',
  'rule.updated',
  'rule.deleted',
  'target.created',
  'target.updated',
  'target.deleted',
  'target.disabled',
  'bot.created',
  'bot.updated',
  'bot.disabled',
  'bot.deleted',
  'task.dead',
  'task.replayed',
  'task.replay_cancelled',
  'task.discarded',
  'feed.created',
  'feed.updated',
  'feed.disabled',
  'feed.deleted',
  'platform.circuit_opened',
  'platform.circuit_closed',
  'token.created',
  'token.revoked',
  'settings.updated',
  'secrets.resealed',
  'backup.finished',
  'backup.failed',
  'backup.restored',
] as const;
export type EventType = (typeof eventTypes)[number];

export interface NewEvent {
  type: EventType;
  contentId?: number | null;
  targetId?: string | null;
  deliveryId?: string | null;
  payload?: Record<string, unknown>;
}

/** An event over HTTP (timeline, later the stream). `cursor` is `<xid>-<id>`. */
export const eventSchema = z
  .object({
    cursor: z.string(),
    type: z.enum(eventTypes),
    content_id: z.int().nullable(),
    target_id: z.string().nullable(),
    delivery_id: z.string().nullable(),
    payload: z.record(z.string(), z.unknown()),
    request_id: z.string().nullable(),
    trace_id: z.string().nullable(),
    trace_url: z.string().optional(),
    created_at: z.iso.datetime(),
  })
  .meta({ id: 'Event' });
export type EventView = z.infer<typeof eventSchema>;
