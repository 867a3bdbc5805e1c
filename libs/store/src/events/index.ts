export { compareEventCursors, formatEventCursor, parseEventCursor, type EventCursor } from './event-cursor.ts';
export { EventFeed } from './event-feed.ts';
export { Events } from './events.ts';
