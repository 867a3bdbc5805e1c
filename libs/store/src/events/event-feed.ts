import { InvalidInput, type EventView } from '@vaultstream/contracts';
import type { Database } from '../database/database.ts';
import { parseEventCursor, type EventCursor } from './event-cursor.ts';
import { eventColumns, toEventView, type EventRow } from './event-row.ts';

/**
 * The event log as a stream that a reader can leave and come back to. Id order is not commit order, so a reader takes only
 * transactions before which none is still open, ordered by (xid, id): what comes later lies behind everything it has seen.
 */
export class EventFeed {
  constructor(private readonly db: Database) {}

  /** Where "from now on" begins: before every transaction that is still open. */
  async tip(): Promise<EventCursor> {
    const [row] = await this.db.reading(
      (client) => client.$queryRaw<{ xid: string }[]>`SELECT pg_snapshot_xmin(pg_current_snapshot())::text AS xid`,
    );
    return { xid: BigInt(row?.xid ?? 0), id: 0n };
  }

  /**
   * The place that a reader says it has reached.
   * @param path Where the text stood in the request, for the error.
   * @throws InvalidInput for what is no cursor, or lies in the future: it is of another database, or of one that a backup replaced.
   */
  async open(text: string, path: string): Promise<EventCursor> {
    const cursor = parseEventCursor(text);
    if (!cursor) throw refused(path, 'must be the cursor of an event');
    const [row] = await this.db.reading(
      (client) => client.$queryRaw<{ xid: string }[]>`SELECT pg_snapshot_xmax(pg_current_snapshot())::text AS xid`,
    );
    if (cursor.xid > BigInt(row?.xid ?? 0)) throw refused(path, 'is not a cursor of this event log');
    return cursor;
  }

  /** The next events after a place, at most `limit`. Fewer means that there are no more for now. */
  async after({ xid, id }: EventCursor, limit: number): Promise<EventView[]> {
    const rows = await this.db.reading(
      (client) => client.$queryRaw<EventRow[]>`
        SELECT ${eventColumns} FROM events
        WHERE (events.xid, id) > (${String(xid)}::text::xid8, ${id}::bigint)
          AND events.xid < pg_snapshot_xmin(pg_current_snapshot())
        ORDER BY events.xid, id LIMIT ${limit}`,
    );
    return rows.map(toEventView);
  }
}

const refused = (path: string, message: string): InvalidInput =>
  new InvalidInput(`${path}: ${message}`, [{ path, message }]);
