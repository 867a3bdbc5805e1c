import type { EventView } from '@vaultstream/contracts';
import { compareEventCursors, parseEventCursor, type EventCursor } from '@vaultstream/store';

/** An event with its place in the log. */
export interface PlacedEvent {
  at: EventCursor;
  event: EventView;
}

/** Puts events in their places. @throws Error for an event without a cursor: a fault of ours. */
export function placeEvents(events: readonly EventView[]): PlacedEvent[] {
  return events.map((event) => {
    const at = parseEventCursor(event.cursor);
    if (!at) throw new Error(`an event has the cursor ${event.cursor}`);
    return { at, event };
  });
}

/** The last stretch of the event log, without a hole: what all listeners of a process share. */
export class EventRing {
  private readonly events: PlacedEvent[] = [];
  /** Everything after `start`, up to and including `head`, is in `events`. */
  private start: EventCursor;
  head: EventCursor;

  constructor(
    from: EventCursor,
    private readonly size: number,
  ) {
    this.start = from;
    this.head = from;
  }

  /** Adds what follows `head`, in order. */
  add(events: readonly PlacedEvent[]): void {
    this.events.push(...events);
    this.head = this.events.at(-1)?.at ?? this.head;
    const gone = this.events.splice(0, Math.max(0, this.events.length - this.size));
    this.start = gone.at(-1)?.at ?? this.start;
  }

  /** What is known after a place, at most `limit`; null when the place lies before what is kept. */
  after(cursor: EventCursor, limit: number): PlacedEvent[] | null {
    if (compareEventCursors(cursor, this.start) < 0) return null;
    const first = this.events.findIndex(({ at }) => compareEventCursors(at, cursor) > 0);
    return first === -1 ? [] : this.events.slice(first, first + limit);
  }
}
