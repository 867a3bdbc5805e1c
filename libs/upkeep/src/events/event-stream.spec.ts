import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from '@jest/globals';
import type { EventView } from '@vaultstream/contracts';
import type { Listener } from './event-hub.ts';
import { placeEvents } from './event-ring.ts';
import { eventStream } from './event-stream.ts';

const event = (id: number): EventView => ({
  cursor: `5-${id}`,
  type: 'content.updated',
  content_id: 1,
  target_id: null,
  delivery_id: null,
  payload: { text: 'x'.repeat(1_000) },
  request_id: null,
  trace_id: null,
  created_at: '2026-01-01T00:00:00.000Z',
});

/** A log that has always one more event, or never one. */
function listener(endless: boolean) {
  const controller = new AbortController();
  const calls = { next: 0, ended: false };
  const self: Listener = {
    signal: controller.signal,
    async next(cursor, maxWaitMs) {
      calls.next++;
      if (endless) return placeEvents([event(Number(cursor.id) + 1)]);
      await sleep(Math.min(maxWaitMs, 1_000), undefined, { signal: controller.signal }).catch(() => undefined);
      return [];
    },
    end() {
      calls.ended = true;
      controller.abort();
    },
  };
  return { self, calls };
}

describe('an event stream', () => {
  it('reads no further than its client, and cuts off one that takes nothing any more', async () => {
    const { self, calls } = listener(true);
    const stream = eventStream(self, { xid: 5n, id: 0n }, {}, { pingMs: 10_000, stallMs: 100 });
    const closed = new Promise((resolve) => stream.once('close', resolve));
    for await (const frame of stream) {
      expect(String(frame)).toContain('event: connected');
      break;
    }
    await closed;
    expect(calls).toEqual({ next: expect.any(Number), ended: true });

    const stalled = listener(true);
    const quiet = eventStream(stalled.self, { xid: 5n, id: 0n }, {}, { pingMs: 10_000, stallMs: 100 });
    quiet.once('readable', () => undefined);
    await new Promise((resolve) => quiet.once('close', resolve));
    expect(stalled.calls.ended).toBe(true);
    expect(stalled.calls.next).toBeLessThan(5);
  });

  it('says that it is alive, and where it is, when its filter lets nothing through', async () => {
    const { self } = listener(true);
    const stream = eventStream(self, { xid: 5n, id: 0n }, { content_id: 2 }, { pingMs: 20, stallMs: 10_000 });
    const frames: string[] = [];
    for await (const frame of stream) {
      frames.push(String(frame));
      if (frames.length === 3) break;
    }
    expect(frames[1]).toMatch(/^: ping\nid: 5-\d+\n\n$/);
    expect(frames[2]).not.toBe(frames[1]);
  });

  it('ends when its listener is ended', async () => {
    const { self } = listener(false);
    const stream = eventStream(self, { xid: 5n, id: 0n }, {}, { pingMs: 10_000, stallMs: 10_000 });
    const frames: string[] = [];
    for await (const frame of stream) {
      frames.push(String(frame));
      self.end();
    }
    expect(frames).toHaveLength(1);
  });
});
