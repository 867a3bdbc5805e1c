import type { EventView, NewEvent, Tx } from '@vaultstream/contracts';
import { currentContext } from '@vaultstream/runtime';
import { type Database } from '../database/database.ts';
import { toJson } from '../database/json.ts';
import { decodeCursor, encodeCursor, toPage } from '../database/page.ts';
import { openTx } from '../database/tx.ts';
import { eventColumns, toEventView, type EventRow } from './event-row.ts';

/** The event log. Every named transition appends to it in its own transaction. */
export class Events {
  constructor(private readonly db: Database) {}

  /** Appends events; the running request's or task's ids are added. One statement however many there are. */
  static async append(tx: Tx, events: NewEvent[]): Promise<void> {
    if (events.length === 0) return;
    const context = currentContext();
    const rows = events.map((event) => ({
      type: event.type,
      content_id: event.contentId ?? null,
      target_id: event.targetId ?? null,
      delivery_id: event.deliveryId ?? null,
      payload: event.payload ?? {},
    }));
    // One parameter for all of them: Postgres takes no more than 65,535.
    await openTx(tx).$executeRaw`
      INSERT INTO events (type, content_id, target_id, delivery_id, payload, request_id, trace_id)
      SELECT type, content_id, target_id, delivery_id, payload, ${context?.requestId ?? null}, ${context?.traceId ?? null}
      FROM jsonb_to_recordset(${JSON.stringify(toJson(rows))}::text::jsonb)
        AS e(type text, content_id int, target_id uuid, delivery_id uuid, payload jsonb)`;
  }

  /** The events of one content, oldest first. Those of contents merged into it are included. */
  async timeline(
    contentId: number,
    page: { limit: number; cursor?: string | undefined },
  ): Promise<{ items: EventView[]; next_cursor: string | null }> {
    const [after] = page.cursor === undefined ? ['0'] : decodeCursor('timeline', ['digits'], page.cursor);
    const rows = await this.db.reading(
      (client) => client.$queryRaw<EventRow[]>`
        SELECT ${eventColumns} FROM events
        WHERE content_id IN (SELECT ${contentId}::int UNION SELECT id FROM contents WHERE merged_into = ${contentId}::int)
          AND id > ${after}::bigint
        ORDER BY id LIMIT ${page.limit + 1}`,
    );
    return toPage(rows, page.limit, toEventView, (row) => encodeCursor('timeline', [String(row.id)]));
  }
}
