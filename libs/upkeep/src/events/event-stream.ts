import { Readable } from 'node:stream';
import { isVaultError, type EventView, type EventsQuery } from '@vaultstream/contracts';
import { formatEventCursor, type EventCursor } from '@vaultstream/store';
import type { Listener } from './event-hub.ts';
import type { PlacedEvent } from './event-ring.ts';

/** Milliseconds between two signs of life on a quiet stream: proxies cut what is silent for a minute. */
const pingMs = 20_000;
/** Milliseconds a client may take to read what it was sent. Then it is cut off, and may come back with its last id. */
const stallMs = 30_000;

/** Times of a stream; tests shorten them. */
export interface StreamTimes {
  pingMs: number;
  stallMs: number;
}

/**
 * Events as Server-Sent Events (https://html.spec.whatwg.org/multipage/server-sent-events.html). Each bears its cursor as id; pings
 * carry one too, so that a client whose filter lets nothing through moves on as well. Holds one page at most: the next is read
 * when the client has taken this one.
 * @param present An event as this API shows it.
 */
export function eventStream(
  listener: Listener,
  from: EventCursor,
  filter: Pick<EventsQuery, 'types' | 'content_id'>,
  times: StreamTimes = { pingMs, stallMs },
  present: (event: EventView) => EventView = (event) => event,
): Readable {
  const stalled = new AbortController();
  const stream = Readable.from(
    frames(listener, from, filter, times, () => stalled.abort(), present),
    { highWaterMark: 1 },
  );
  stalled.signal.addEventListener('abort', () => stream.destroy());
  stream.once('close', () => listener.end());
  return stream;
}

async function* frames(
  listener: Listener,
  from: EventCursor,
  filter: Pick<EventsQuery, 'types' | 'content_id'>,
  times: StreamTimes,
  onStall: () => void,
  present: (event: EventView) => EventView,
): AsyncGenerator<string> {
  let cursor = from;
  let frame = `retry: 1000\n${eventFrame('connected', cursor, JSON.stringify({ cursor: formatEventCursor(cursor) }))}`;
  let sentAt = performance.now();
  while (!listener.signal.aborted) {
    if (frame !== '') {
      // We are asked for the next one as soon as this one fits into the connection's buffer.
      const timer = setTimeout(onStall, times.stallMs);
      try {
        yield frame;
      } finally {
        clearTimeout(timer);
      }
      sentAt = performance.now();
    }
    const page = await nextPage(listener, cursor, sentAt + times.pingMs - performance.now());
    if (page === null) return;
    cursor = page.at(-1)?.at ?? cursor;
    frame = page
      .filter((placed) => passes(placed, filter))
      .map(({ at, event }) => eventFrame(event.type, at, JSON.stringify(present(event))))
      .join('');
    if (frame === '' && performance.now() - sentAt >= times.pingMs)
      frame = `: ping\nid: ${formatEventCursor(cursor)}\n\n`;
  }
}

/** Null when the log cannot be read: the stream ends, and the client comes back with its last id. */
async function nextPage(listener: Listener, cursor: EventCursor, maxWaitMs: number): Promise<PlacedEvent[] | null> {
  try {
    return await listener.next(cursor, Math.max(1, maxWaitMs));
  } catch (error) {
    if (isVaultError(error)) return null;
    throw error;
  }
}

const passes = ({ event }: PlacedEvent, { types, content_id: contentId }: Pick<EventsQuery, 'types' | 'content_id'>) =>
  (types === undefined || types.includes(event.type)) && (contentId === undefined || event.content_id === contentId);

/** JSON has no line breaks, so its one line is one `data` field. */
const eventFrame = (type: string, at: EventCursor, data: string): string =>
  `id: ${formatEventCursor(at)}\nevent: ${type}\ndata: ${data}\n\n`;
