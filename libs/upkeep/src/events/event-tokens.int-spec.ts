import { afterAll, afterEach, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { Tokens } from '@vaultstream/store';
import { eventually } from '@vaultstream/testing';
import { readSse } from '../../test/sse-reader.ts';
import { upkeepApp, type UpkeepApp } from '../../test/upkeep-app.ts';
import { EventHub } from './event-hub.ts';

// Real connections and polls, on whatever machine.
jest.setTimeout(60_000);

let rig: UpkeepApp;
beforeAll(async () => {
  rig = await upkeepApp();
});
afterAll(() => rig.drop());

const path = '/api/v1/events';
const maker = { tokenId: 'test', name: 'test', scopes: ['admin' as const] };
const mint = async (expires_at?: string) => {
  const { id, token = '' } = await rig.app.get(Tokens).create(maker, { name: 'x', scopes: ['read'], expires_at });
  return { id, headers: { 'x-api-token': token } };
};
const updated = (n: number) => rig.append({ type: 'content.updated', payload: { n } });
/** A stream that has begun. */
const open = async (headers: Record<string, string>) => {
  const answer = await rig.get(path, headers);
  expect(answer.status).toBe(200);
  const stream = readSse(answer);
  expect((await stream.next())?.event).toBe('connected');
  return stream;
};
/** What a stream still tells until it ends. */
const rest = async (stream: Awaited<ReturnType<typeof open>>) => {
  const types: string[] = [];
  for (let frame = await stream.next(); frame; frame = await stream.next()) types.push(frame.event);
  return types;
};

describe('a stream ends with its token (L1)', () => {
  afterEach(() => {
    rig.app.get(EventHub).tokenCheckMs = 20_000;
  });

  it('revoked here: nothing that happens afterwards is told, and other streams go on', async () => {
    const [{ id, headers }, other] = [await mint(), await mint()];
    const [stream, witness] = [await open(headers), await open(other.headers)];
    await updated(1);
    expect(await stream.payloads(1)).toEqual([{ n: 1 }]);
    await rig.app.get(Tokens).revoke(id);
    await updated(2);
    expect(await rest(stream)).toEqual([]);
    expect(await witness.payloads(3)).toEqual([{ n: 1 }, { token_id: id }, { n: 2 }]);
    await witness.cancel();
  });

  it('revoked on another replica, while this one still remembers the token as a good one', async () => {
    const { id, headers } = await mint();
    const stream = await open(headers);
    expect((await rig.get('/api/v1/stats', headers)).status).toBe(200);
    await new Tokens(rig.db).revoke(id);
    await updated(3);
    expect(await rest(stream)).toEqual([]);
  });

  it('revoked on another replica before it began: other calls are let in for ten seconds more, a stream is not', async () => {
    const { id, headers } = await mint();
    expect((await rig.get('/api/v1/stats', headers)).status).toBe(200);
    await new Tokens(rig.db).revoke(id);
    expect((await rig.get('/api/v1/stats', headers)).status).toBe(200);
    expect((await rig.get(path, headers)).status).toBe(401);
  });

  it('expired, or without the scope: at the next look at it, also when nothing happens', async () => {
    rig.app.get(EventHub).tokenCheckMs = 100;
    const soon = await mint(new Date(Date.now() + 2_000).toISOString());
    const demoted = await mint();
    const good = await mint();
    const [first, second, third] = [await open(soon.headers), await open(demoted.headers), await open(good.headers)];
    expect(await rest(first)).toEqual([]);
    await rig.db.client.$executeRaw`UPDATE api_tokens SET scopes = '{write}' WHERE id = ${demoted.id}::uuid`;
    expect(await rest(second)).toEqual([]);
    await updated(4);
    expect(await third.payloads(1)).toEqual([{ n: 4 }]);
    await third.cancel();
  });
});

describe('one token has ten streams at most (L2)', () => {
  it('answers 429 to one more, until one of them leaves; others are not kept out', async () => {
    const { headers } = await mint();
    const streams = await Promise.all(Array.from({ length: 10 }, () => open(headers)));
    const refused = await rig.get(path, headers);
    expect([refused.status, refused.headers.get('retry-after')]).toEqual([429, '5']);
    expect(await refused.json()).toMatchObject({ code: 'rate_limited', detail: expect.stringMatching(/10 times/) });
    await (await open((await mint()).headers)).cancel();
    const told = await Promise.all([updated(5), ...streams.map((stream) => stream.next())]);
    expect(told.slice(1).every((frame) => frame !== null)).toBe(true);
    await streams.pop()?.cancel();
    streams.push(await eventually(() => open(headers)));
    await Promise.all(streams.map((stream) => stream.cancel()));
  });
});
