import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { EventView } from '@vaultstream/contracts';
import { eventually, testDatabase } from '@vaultstream/testing';
import { Database } from '../database/database.ts';
import { openTx } from '../database/tx.ts';
import { formatEventCursor, parseEventCursor, type EventCursor } from './event-cursor.ts';
import { EventFeed } from './event-feed.ts';
import { Events } from './events.ts';

let db: Database;
let feed: EventFeed;
let drop: () => Promise<void>;
beforeAll(async () => {
  const database = await testDatabase();
  db = new Database({ url: database.url, poolSize: 20 });
  feed = new EventFeed(db);
  drop = async () => {
    await db.close();
    await database.drop();
  };
});
afterAll(() => drop());

const append = (...numbers: number[]) =>
  db.transact((tx) =>
    Events.append(
      tx,
      numbers.map((n) => ({ type: 'content.updated', payload: { n } })),
    ),
  );
const numbersOf = (events: EventView[]) => events.map(({ payload }) => payload['n']);
/**
 * What there is once `count` events have come. A snapshot's oldest transaction is that of the whole server: one that another suite
 * holds open in its own database keeps everybody waiting.
 */
const seenAfter = (start: EventCursor, limit: number, count: number) =>
  eventually(async () => {
    const events = await feed.after(start, limit);
    expect(events).toHaveLength(count);
    return events;
  });
const cursorOf = (event: EventView): EventCursor => parseEventCursor(event.cursor) ?? { xid: 0n, id: 0n };

describe('the event feed', () => {
  it('begins now: what is committed already is not seen, what comes is', async () => {
    await append(1);
    await seenAfter({ xid: 0n, id: 0n }, 10, 1);
    const tip = await feed.tip();
    expect(await feed.after(tip, 10)).toEqual([]);
    await append(2, 3);
    expect(numbersOf(await seenAfter(tip, 10, 2))).toEqual([2, 3]);
    expect(numbersOf(await seenAfter(tip, 1, 1))).toEqual([2]);
  });

  it('shows nothing behind a transaction that is still open, and then everything in one order', async () => {
    const start = await feed.tip();
    const opened = Promise.withResolvers<void>();
    const go = Promise.withResolvers<void>();
    const older = db.transact(async (tx) => {
      await openTx(tx).$queryRaw`SELECT pg_current_xact_id()::text`;
      opened.resolve();
      await go.promise;
      await Events.append(tx, [{ type: 'content.updated', payload: { n: 'older' } }]);
    });
    await opened.promise;
    await append(10);
    expect(await feed.after(start, 10)).toEqual([]);
    go.resolve();
    await older;
    // The older transaction wrote last, so its id is the larger one.
    const seen = await seenAfter(start, 10, 2);
    expect(numbersOf(seen)).toEqual(['older', 10]);
    const [first, second] = seen.map(cursorOf);
    expect((first?.id ?? 0n) > (second?.id ?? 0n)).toBe(true);
    expect(numbersOf(await seenAfter(first ?? start, 10, 1))).toEqual([10]);
  });

  it('neither loses nor repeats any of 600 events of 20 writers, read in pages by a reader that keeps coming back', async () => {
    const start = await feed.tip();
    const writing = Promise.all(
      Array.from({ length: 20 }, async (_, writer) => {
        for (let round = 0; round < 10; round++) {
          const n = 1_000 + writer * 30 + round * 3;
          await db.transact(async (tx) => {
            await Events.append(tx, [{ type: 'content.updated', payload: { n } }]);
            await openTx(tx).$queryRaw`SELECT pg_sleep(random() * 0.01)::text`;
            await Events.append(
              tx,
              [n + 1, n + 2].map((more) => ({ type: 'content.updated', payload: { n: more } })),
            );
          });
        }
      }),
    ).then(() => true);
    const seen: EventView[] = [];
    let text = formatEventCursor(start);
    const readOn = async () => {
      const page = await feed.after(await feed.open(text, 'query.after'), 7);
      seen.push(...page);
      text = page.at(-1)?.cursor ?? text;
      return seen.length >= 600;
    };
    await eventually(readOn, { timeoutMs: 25_000, intervalMs: 1 });
    await writing;
    await readOn();
    expect(seen).toHaveLength(600);
    expect(new Set(numbersOf(seen)).size).toBe(600);
  });

  it('A10: refuses a forged cursor, and one from the future of this database', async () => {
    for (const text of ['nonsense', '1', '18446744073709551615-1'])
      await expect(feed.open(text, 'query.after')).rejects.toMatchObject({ issues: [{ path: 'query.after' }] });
    await expect(feed.open('0-0', 'query.after')).resolves.toEqual({ xid: 0n, id: 0n });
  });
});
