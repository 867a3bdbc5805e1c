import type { EventType, EventView } from '@vaultstream/contracts';
import { Prisma } from '../generated/client.ts';

/** An event as Postgres answers it. */
export interface EventRow {
  id: bigint;
  xid: string;
  type: EventType;
  content_id: number | null;
  target_id: string | null;
  delivery_id: string | null;
  payload: Record<string, unknown>;
  request_id: string | null;
  trace_id: string | null;
  created_at: Date;
}

/** The columns of `EventRow`. */
export const eventColumns = Prisma.sql`
  id, xid::text AS xid, type, content_id, target_id, delivery_id, payload, request_id, trace_id, created_at`;

/** Row to the answer of the API. */
export function toEventView(row: EventRow): EventView {
  return {
    cursor: `${row.xid}-${row.id}`,
    type: row.type,
    content_id: row.content_id,
    target_id: row.target_id,
    delivery_id: row.delivery_id,
    payload: row.payload,
    request_id: row.request_id,
    trace_id: row.trace_id,
    created_at: row.created_at.toISOString(),
  };
}
