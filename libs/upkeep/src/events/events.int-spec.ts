import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { Events } from '@vaultstream/store';
import { eventually } from '@vaultstream/testing';
import { readSse } from '../../test/sse-reader.ts';
import { upkeepApp, type UpkeepApp } from '../../test/upkeep-app.ts';

// Real connections and polls, on whatever machine.
jest.setTimeout(60_000);

let rig: UpkeepApp;
beforeAll(async () => {
  rig = await upkeepApp();
});
afterAll(() => rig.drop());

const path = '/api/v1/events';
const numbered = (...numbers: unknown[]) =>
  rig.append(...numbers.map((n) => ({ type: 'content.updated' as const, payload: { n } })));
const follow = async (query = '', headers: Record<string, string> = {}) => {
  const answer = await rig.get(path + query, headers);
  expect([answer.status, answer.headers.get('content-type')]).toEqual([200, 'text/event-stream; charset=utf-8']);
  return readSse(answer);
};
/** A stream that has begun: what is written from here on must come. */
const followFromNow = async (query = '', headers: Record<string, string> = {}) => {
  const stream = await follow(query, headers);
  const first = await stream.next();
  expect(first?.event).toBe('connected');
  return { ...stream, start: first?.id ?? '' };
};

describe('GET /events', () => {
  it('tells what happens from now on, as it happens, uncompressed', async () => {
    await numbered('before');
    const answer = await rig.get(path, { 'accept-encoding': 'gzip, br' });
    expect(answer.headers.get('content-encoding')).toBeNull();
    expect(answer.headers.get('x-request-id')).not.toBeNull();
    const stream = readSse(answer);
    expect((await stream.next())?.event).toBe('connected');
    await numbered(1, 2);
    const frame = await stream.next();
    expect(frame?.event).toBe('content.updated');
    expect(JSON.parse(frame?.data ?? '')).toMatchObject({
      cursor: frame?.id,
      type: 'content.updated',
      payload: { n: 1 },
    });
    expect(await stream.payloads(1)).toEqual([{ n: 2 }]);
    await stream.cancel();
  });

  it('keeps the order of transactions: nothing overtakes one that is open, whatever the ids are', async () => {
    const stream = await followFromNow();
    const [begun, go] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
    const one = (n: string) => [{ type: 'content.updated' as const, payload: { n } }];
    const older = rig.db.transact(async (tx) => {
      await Events.append(tx, one('a1'));
      begun.resolve();
      await go.promise;
      await Events.append(tx, one('a2'));
    });
    await begun.promise;
    await numbered('b');
    go.resolve();
    await older;
    expect(await stream.payloads(3)).toEqual([{ n: 'a1' }, { n: 'a2' }, { n: 'b' }]);
    await stream.cancel();
  });

  it('resumes without loss or repetition: 400 events of 8 writers, read by a client that hangs up all the time', async () => {
    let { start: lastId, cancel } = await followFromNow();
    await cancel();
    const writers = Array.from({ length: 8 }, async (_, writer) => {
      for (let round = 0; round < 10; round++) {
        const first = 1_000 + writer * 50 + round * 5;
        await rig.db.transact(async (tx) => {
          const event = (n: number) => ({ type: 'content.updated' as const, payload: { n } });
          await Events.append(tx, [event(first), event(first + 1)]);
          await rig.db.client.$queryRaw`SELECT pg_sleep(random() * 0.02)::text`;
          await Events.append(tx, [event(first + 2), event(first + 3), event(first + 4)]);
        });
      }
    });
    const seen: unknown[] = [];
    for (let visit = 0; seen.length < 400; visit++) {
      const stream = visit % 2 ? await follow('', { 'last-event-id': lastId }) : await follow(`?after=${lastId}`);
      for (let taken = 0; taken <= 7 + visit && seen.length < 400; taken++) {
        const frame = await stream.next();
        if (!frame) break;
        if (frame.event !== 'connected') seen.push((JSON.parse(frame.data) as { payload: { n: number } }).payload.n);
        lastId = frame.id;
      }
      cancel = stream.cancel;
      await cancel();
    }
    await Promise.all(writers);
    expect(new Set(seen).size).toBe(400);
    await numbered('last');
    const rest = await follow(`?after=${lastId}`);
    expect(await rest.payloads(1)).toEqual([{ n: 'last' }]);
    await rest.cancel();
  });

  it('lets through what was asked for', async () => {
    const stream = await followFromNow('?types=content.pulled,content.failed&content_id=7');
    await rig.append(
      { type: 'content.pulled', contentId: 7, payload: { n: 1 } },
      { type: 'content.updated', contentId: 7, payload: { n: 2 } },
      { type: 'content.pulled', contentId: 8, payload: { n: 3 } },
      { type: 'content.failed', contentId: 7, payload: { n: 4 } },
    );
    expect(await stream.payloads(2)).toEqual([{ n: 1 }, { n: 4 }]);
    await stream.cancel();
  });

  it('A1, A3, A10: guarded; a forged cursor or filter is refused with its place named', async () => {
    expect((await rig.get(path, { 'x-api-token': '' })).status).toBe(401);
    expect((await rig.get(path, { 'x-api-token': await rig.token('write') })).status).toBe(403);
    const paths = async (query: string, headers = {}) => {
      const answer = await rig.get(path + query, headers);
      const { errors } = (await answer.json()) as { errors: { path: string }[] };
      return [answer.status, ...errors.map((error) => error.path)];
    };
    expect(await paths('?after=x')).toEqual([400, 'query.after']);
    expect(await paths('?after=18446744073709551615-1')).toEqual([400, 'query.after']);
    expect(await paths('', { 'last-event-id': "1-1'" })).toEqual([400, 'headers.last-event-id']);
    expect(await paths('?types=content.pulled,nonsense')).toEqual([400, 'query.types']);
    expect(await paths('?content_id=x')).toEqual([400, 'query.content_id']);
    expect(await paths('?tenant=1')).toEqual([400, 'query.tenant']);
  });

  it('answers HEAD without listening, and logs a line when a stream ends', async () => {
    const head = await fetch(rig.url + path, { method: 'HEAD', headers: { 'x-api-token': await rig.token('read') } });
    expect([head.status, head.headers.get('content-type')]).toEqual([200, 'text/event-stream; charset=utf-8']);
    const answer = await rig.get(path, { 'x-request-id': 'stream-1' });
    await answer.body?.cancel();
    await eventually(() =>
      rig.lines.some((line) => line['request_id'] === 'stream-1' && line['name'] === 'http.request'),
    );
  });

  it('takes 100 listeners, refuses one more with 503 until one leaves, and ends them all in good order', async () => {
    const tokens = await Promise.all(Array.from({ length: 10 }, () => rig.token('read')));
    const callers = Array.from({ length: 100 }, (_, n) => ({ 'x-api-token': tokens[n % 10] ?? '' }));
    // Those of the tests before leave when the server notices.
    const streams = await Promise.all(callers.map((caller) => eventually(() => followFromNow('', caller))));
    const refused = await rig.get(path);
    expect([refused.status, refused.headers.get('retry-after')]).toEqual([503, '5']);
    await streams[0]?.cancel();
    const late = await eventually(async () => {
      const answer = await rig.get(path);
      expect(answer.status).toBe(200);
      return readSse(answer);
    });
    await numbered('all');
    const reached = await Promise.all(streams.slice(1).map((stream) => stream.payloads(1)));
    expect(reached).toEqual(Array.from({ length: 99 }, () => [{ n: 'all' }]));
    const ends = [...streams.slice(1), late].map(async (stream) => {
      let frame = await stream.next();
      while (frame) frame = await stream.next();
    });
    await rig.close();
    await Promise.all(ends);
  });
});
