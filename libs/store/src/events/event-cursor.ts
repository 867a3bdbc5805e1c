/** A place in the event log: between two events, in the order in which their transactions can be seen. */
export interface EventCursor {
  xid: bigint;
  id: bigint;
}

/** Postgres: xid8 has 64 bits, bigint 63. */
const maxXid = 2n ** 64n - 1n;
const maxId = 2n ** 63n - 1n;

/** Reads `<xid>-<id>`; null for anything else. */
export function parseEventCursor(text: string): EventCursor | null {
  const [, xid, id] = /^(\d{1,20})-(\d{1,19})$/.exec(text) ?? [];
  if (xid === undefined || id === undefined) return null;
  const cursor = { xid: BigInt(xid), id: BigInt(id) };
  return cursor.xid > maxXid || cursor.id > maxId ? null : cursor;
}

/** As it is handed out: the SSE id. */
export function formatEventCursor({ xid, id }: EventCursor): string {
  return `${xid}-${id}`;
}

/** Below zero when `a` lies before `b`. */
export function compareEventCursors(a: EventCursor, b: EventCursor): number {
  if (a.xid !== b.xid) return a.xid < b.xid ? -1 : 1;
  return a.id === b.id ? 0 : a.id < b.id ? -1 : 1;
}
