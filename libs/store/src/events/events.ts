import type { EventType, EventView, NewEvent, Tx } from '@vaultstream/contracts';
import { currentContext } from '@vaultstream/runtime';
import { type Database } from '../database/database.ts';
import { toJson } from '../database/json.ts';
import { decodeCursor, encodeCursor, toPage } from '../database/page.ts';
import { openTx } from '../database/tx.ts';
import { Prisma } from '../generated/client.ts';

interface EventRow {
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

/** The event log. Every named transition appends to it in its own transaction. */
export class Events {
  constructor(private readonly db: Database) {}

  /** Appends events; the running request's or task's ids are added. One statement however many there are. */
  static async append(tx: Tx, events: NewEvent[]): Promise<void> {
    if (events.length === 0) return;
    const context = currentContext();
    const rows = events.map(
      (event) =>
        Prisma.sql`(${event.type}, ${event.contentId ?? null}::int, ${event.targetId ?? null}::uuid, ${event.deliveryId ?? null}::uuid,
          ${toJson(event.payload ?? {})}::jsonb, ${context?.requestId ?? null}, ${context?.traceId ?? null})`,
    );
    await openTx(tx).$executeRaw`
      INSERT INTO events (type, content_id, target_id, delivery_id, payload, request_id, trace_id) VALUES ${Prisma.join(rows)}`;
  }

  /** The events of one content, oldest first. Those of contents merged into it are included. */
  async timeline(
    contentId: number,
    page: { limit: number; cursor?: string | undefined },
  ): Promise<{ items: EventView[]; next_cursor: string | null }> {
    const [after] = page.cursor === undefined ? ['0'] : decodeCursor('timeline', ['digits'], page.cursor);
    const rows = await this.db.reading(
      (client) => client.$queryRaw<EventRow[]>`
        SELECT id, xid::text AS xid, type, content_id, target_id, delivery_id, payload, request_id, trace_id, created_at
        FROM events
        WHERE content_id IN (SELECT ${contentId}::int UNION SELECT id FROM contents WHERE merged_into = ${contentId}::int)
          AND id > ${after}::bigint
        ORDER BY id LIMIT ${page.limit + 1}`,
    );
    return toPage(rows, page.limit, toView, (row) => encodeCursor('timeline', [String(row.id)]));
  }
}

function toView(row: EventRow): EventView {
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
