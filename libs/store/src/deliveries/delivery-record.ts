import type { DeliveryState, DeliveryView, PartState } from '@vaultstream/contracts';
import type { DeliveryModel } from '../generated/models/Delivery.ts';
import type { DeliveryPartModel } from '../generated/models/DeliveryPart.ts';

/** A row of the ledger. */
export type DeliveryRecord = Omit<DeliveryModel, 'state'> & { state: DeliveryState };

/** One message of a delivery. `payload` is what its target kind planned, null once sent. */
export type PartRecord = Omit<DeliveryPartModel, 'state' | 'payload' | 'receipt'> & {
  state: PartState;
  payload: unknown;
  receipt: Record<string, unknown> | null;
};

/** A claimed message. */
export interface PartRef {
  deliveryId: string;
  partId: string;
  /** Which claim of it: its `attempts`. */
  claim: number;
}

/** What Prisma has to load for `toDeliveryView`. */
export const deliveryInclude = {
  parts: { orderBy: { position: 'asc' as const } },
  target: { select: { key: true, name: true } },
  content: { select: { title: true } },
};

type ViewRow = DeliveryModel & {
  parts: DeliveryPartModel[];
  target: { key: string; name: string };
  content: { title: string | null };
};

/** Row to the answer of the API. */
export function toDeliveryView(row: ViewRow): DeliveryView {
  return {
    id: row.id,
    content_id: row.contentId,
    content_title: row.content.title,
    target_id: row.targetId,
    target_key: row.target.key,
    target_name: row.target.name,
    rule_id: row.ruleId,
    status: row.state as DeliveryState,
    reason: row.reason,
    not_before: row.notBefore?.toISOString() ?? null,
    attempts: row.attempts,
    last_error: row.lastError,
    last_error_type: row.lastErrorType,
    parts: row.parts.map((part) => ({
      id: part.id,
      position: part.position,
      status: part.state as PartState,
      message_id: part.messageId,
      receipt: part.receipt as Record<string, unknown> | null,
      sent_at: part.sentAt?.toISOString() ?? null,
    })),
    sent_at: row.sentAt?.toISOString() ?? null,
    created_at: row.createdAt.toISOString(),
    updated_at: row.updatedAt.toISOString(),
  };
}
