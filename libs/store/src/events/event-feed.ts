import { InvalidInput, type EventView } from '@vaultstream/contracts';
import type { Database } from '../database/database.ts';
import { parseEventCursor, type EventCursor } from './event-cursor.ts';
import { eventColumns, toEventView, type EventRow } from './event-row.ts';

/**
 * The event log as a stream that a reader can leave and come back to. Id order is not commit order, so a reader takes only
 * transactions before which none is still open, ordered by (xid, id): what comes later lies behind everything it has seen. `event_xid`
 * keeps that true over a restore into another cluster, whose transaction ids begin anew.
 *
 * Work that can be done again commits before it is on the disk (`redoable` of the task catalog). Were an event of such a commit told and then
 * forgotten by a crash of the server, its transaction id would be given out anew, and the reader's place would lie ahead of what comes next.
 * So nothing is told before it is on the disk.
 */
export class EventFeed {
  constructor(private readonly db: Database) {}

  /** Where "from now on" begins: before every transaction that is still open. */
  async tip(): Promise<EventCursor> {
    const [row] = await this.db.reading(
      (client) =>
        client.$queryRaw<{ xid: string }[]>`SELECT event_xid(pg_snapshot_xmin(pg_current_snapshot()))::text AS xid`,
    );
    await this.settle();
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
      (client) =>
        client.$queryRaw<{ xid: string }[]>`SELECT event_xid(pg_snapshot_xmax(pg_current_snapshot()))::text AS xid`,
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
          AND events.xid < event_xid(pg_snapshot_xmin(pg_current_snapshot()))
        ORDER BY events.xid, id LIMIT ${limit}`,
    );
    if (rows.length > 0) await this.settle();
    return rows.map(toEventView);
  }

  /** Resolves when all that has committed so far is on the disk: the write-ahead log keeps the order, and this commit waits for it. */
  private async settle(): Promise<void> {
    await this.db.reading(
      (client) => client.$queryRaw`
        SELECT pg_logical_emit_message(true, 'vaultstream', '')::text AS lsn
        WHERE pg_current_wal_flush_lsn() < pg_current_wal_insert_lsn()`,
    );
  }
}

const refused = (path: string, message: string): InvalidInput =>
  new InvalidInput(`${path}: ${message}`, [{ path, message }]);
