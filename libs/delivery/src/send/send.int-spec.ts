import { afterAll, beforeAll, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { Webhook } from 'standardwebhooks';
import { eventually } from '@vaultstream/testing';
import { openRig, type Rig } from '../../test/rig.ts';

// Many rounds on a real database, on whatever machine.
jest.setTimeout(60_000);

let rig: Rig;
beforeAll(async () => {
  rig = await openRig();
});
afterAll(() => rig.close());
beforeEach(() => rig.answer((_, response) => response.end('ok')));

const open = (request: { headers: object; body: Buffer }, secret: string) =>
  new Webhook(secret).verify(request.body, request.headers as Record<string, string>);

/** A content that one target gets, planned. */
async function planned(path: string) {
  const target = await rig.target(path);
  const contentId = await rig.content();
  const { body } = await rig.call('POST', '/deliveries', { content_id: contentId, target_id: target.id });
  await rig.db.client.task.deleteMany({ where: { name: 'delivery.plan' } });
  return { target, contentId, id: (body as { id: string }).id, row: () => rig.delivery(contentId, target.id) };
}

describe('sending to a webhook', () => {
  it('pushes a settled content once and signed', async () => {
    const target = await rig.target('/once');
    const { id: ruleId } = await rig.rule([target]);
    const id = await rig.content({ title: 'Hello', tags: ['a'] });
    const runs = await rig.tasks.run();
    expect(runs.map(({ name, outcome }) => `${name} ${outcome}`)).toEqual(['delivery.plan done', 'delivery.send done']);
    const [request, ...more] = rig.seenAt('/once');
    expect(more).toEqual([]);
    expect(open(request!, target.secret)).toMatchObject({
      type: 'content.pulled',
      data: { target_key: target.key, content: { id, title: 'Hello', truncated: false } },
    });
    expect(request!.headers).toMatchObject({ 'content-type': 'application/json', 'user-agent': 'VaultStream' });
    const row = await rig.delivery(id, target.id);
    expect(row).toMatchObject({ state: 'sent', ruleId, attempts: 1, lastError: null });
    expect(row.parts).toMatchObject([{ state: 'sent', payload: null, messageId: request!.headers['webhook-id'] }]);
    expect(request!.headers['webhook-id']).toBe(`msg_${row.parts[0]!.id}`);
    expect(await rig.events(row.id)).toEqual(['delivery.planned', 'delivery.sending', 'delivery.sent']);
    await rig.call('DELETE', `/rules/${ruleId}`);
  });

  it('waits, and spends no try, while the secret cannot be read', async () => {
    const { target, row } = await planned('/unreadable');
    const sealed = await rig.db.client.target.findUniqueOrThrow({ where: { id: target.id } });
    const unreadable = { secretCipher: `v1.00000000.${'A'.repeat(16)}.${'A'.repeat(60)}` };
    await rig.db.client.target.update({ where: { id: target.id }, data: unreadable });
    const runs = [await rig.tasks.runLater(), await rig.tasks.runLater(), await rig.tasks.runLater()].flat();
    expect(runs).toHaveLength(3);
    for (const run of runs) expect(run).toMatchObject({ name: 'delivery.send', outcome: 'deferred', delayMs: 60_000 });
    expect(rig.seenAt('/unreadable')).toEqual([]);
    // The caller of a test is told as much, and a change that brings the whole address mends it.
    expect((await rig.call('POST', `/targets/${target.id}/test`)).status).toBe(503);
    const { secretCipher } = sealed;
    await rig.db.client.target.update({ where: { id: target.id }, data: { secretCipher } });
    await rig.tasks.runLater();
    expect((await row()).state).toBe('sent');
  });

  it('P11: fails three times and is tried again after 5 s, 5 min and 30 min, under one id with the same bytes', async () => {
    const { target, row } = await planned('/p11');
    let calls = 0;
    rig.answer((_, response) => response.writeHead(++calls <= 3 ? 500 : 200).end());
    const delays = [];
    for (let tries = 0; tries < 4; tries++) delays.push((await rig.tasks.runLater())[0]?.delayMs);
    expect(delays).toEqual([5_000, 300_000, 1_800_000, undefined]);
    const requests = rig.seenAt('/p11');
    expect(requests).toHaveLength(4);
    expect(new Set(requests.map(({ headers }) => headers['webhook-id'])).size).toBe(1);
    expect(new Set(requests.map(({ body }) => body.toString())).size).toBe(1);
    for (const request of requests) open(request, target.secret);
    expect(await row()).toMatchObject({ state: 'sent', attempts: 4, lastError: null });
    expect((await rig.call('GET', `/targets/${target.id}`)).body.health).toMatchObject({
      status: 'ok',
      failing_since: null,
    });
  });

  it('P4: a crash between the call and its receipt sends again under the same id, 20 times out of 20', async () => {
    for (let round = 0; round < 20; round++) {
      const { id, row } = await planned(`/p4-${round}`);
      const crash = new AbortController();
      rig.answer((_, response) => {
        crash.abort(new Error('the process was killed'));
        response.end();
      });
      const claimed = await rig.tasks.claimOne();
      await rig.tasks.runOne(claimed, crash.signal);
      expect(await row()).toMatchObject({ state: 'sending', parts: [{ state: 'sending' }] });
      rig.answer((_, response) => response.end());
      await rig.tasks.runLater();
      const ids = rig.seenAt(`/p4-${round}`).map(({ headers }) => headers['webhook-id']);
      expect(ids).toEqual([ids[0], ids[0]]);
      expect(await row()).toMatchObject({ state: 'sent', parts: [{ receipt: { possibly_repeated: true } }] });
      expect((await rig.events(id)).slice(-2)).toEqual(['delivery.sending', 'delivery.sent']);
    }
  });

  it('P2: a reply that is lost is asked for again; when none ever comes, the row is unconfirmed and not failed', async () => {
    const { id, row } = await planned('/p2');
    rig.answer((request) => request.socket.destroy());
    const runs = [];
    runs.push(...(await rig.tasks.runLater()));
    // It may have arrived, so that nobody may cancel it; but it is not on its way just now.
    const between = await row();
    expect(between).toMatchObject({ state: 'sending', reason: 'outcome_unknown', lastErrorType: 'OutcomeUnknown' });
    expect(Number(between.notBefore)).toBeGreaterThan(Date.now());
    for (let tries = 1; tries < 8; tries++) runs.push(...(await rig.tasks.runLater()));
    expect(runs.map(({ outcome }) => outcome)).toEqual([...Array<string>(7).fill('retried'), 'dead']);
    expect(new Set(rig.seenAt('/p2').map(({ headers }) => headers['webhook-id'])).size).toBe(1);
    expect(await row()).toMatchObject({ state: 'unconfirmed', parts: [{ state: 'unconfirmed' }] });
    expect((await rig.call('POST', `/deliveries/${id}/retry`)).status).toBe(409);
    expect((await rig.call('POST', `/deliveries/${id}/resolve`, { as: 'not_sent' })).body).toMatchObject({
      status: 'planned',
    });
    rig.answer((_, response) => response.end());
    await rig.tasks.run();
    expect(await row()).toMatchObject({ state: 'sent' });
    expect(new Set(rig.seenAt('/p2').map(({ headers }) => headers['webhook-id'])).size).toBe(1);
  });

  it('P6: 429 with Retry-After waits as told, spends no try, and stops no other target', async () => {
    const [slow, other] = [await planned('/p6-slow'), await planned('/p6-other')];
    const next = await rig.content();
    await rig.call('POST', '/deliveries', { content_id: next, target_id: slow.target.id });
    await rig.db.client.task.deleteMany({ where: { name: 'delivery.plan' } });
    rig.answer((request, response) =>
      request.url === '/p6-slow' ? response.writeHead(429, { 'retry-after': '7' }).end() : response.end(),
    );
    const runs = await rig.tasks.run();
    expect(runs.map(({ outcome, delayMs }) => [outcome, Math.ceil((delayMs ?? 0) / 1_000)])).toEqual(
      expect.arrayContaining([
        ['deferred', 7],
        ['done', 0],
        ['deferred', 7],
      ]),
    );
    expect(rig.seenAt('/p6-slow')).toHaveLength(1);
    expect(await other.row()).toMatchObject({ state: 'sent' });
    expect(await rig.db.client.task.findMany({ select: { failures: true } })).toEqual([
      { failures: 0 },
      { failures: 0 },
    ]);
    const waiting = { state: 'held', attempts: 0, notBefore: expect.any(Date) };
    expect(await slow.row()).toMatchObject({ ...waiting, reason: 'rate_limited', lastErrorType: 'RateLimited' });
    expect(await rig.delivery(next, slow.target.id)).toMatchObject({ ...waiting, reason: 'limits' });
    expect((await rig.call('GET', `/targets/${slow.target.id}`)).body.health).toMatchObject({ failing_since: null });
    rig.answer((_, response) => response.end());
    await rig.tasks.runLater();
    expect(await slow.row()).toMatchObject({ state: 'sent', attempts: 1 });
    expect(await rig.delivery(next, slow.target.id)).toMatchObject({ state: 'sent', attempts: 1 });
  });

  it.each(['reset', 'undecodable'])('P2: a 2xx whose body is %s is a success all the same', async (fault) => {
    const { target, row } = await planned(`/p2-${fault}`);
    rig.answer((_, response) => {
      if (fault === 'undecodable') return response.writeHead(200, { 'content-encoding': 'gzip' }).end('no gzip');
      response.writeHead(202, { 'content-length': '100' });
      return response.write('part', () => response.destroy());
    });
    expect(await rig.tasks.run()).toMatchObject([{ outcome: 'done' }]);
    expect(await row()).toMatchObject({ state: 'sent', attempts: 1, parts: [{ receipt: { reply_truncated: true } }] });
    expect((await rig.call('GET', `/targets/${target.id}`)).body.health).toMatchObject({ status: 'ok' });
  });

  it('P17: reads no more than 64 kB of an endless reply and keeps a little of it', async () => {
    const { row } = await planned('/p17');
    let sent = 0;
    rig.answer((_, response) => {
      const pour = () => {
        while (!response.destroyed && response.write(Buffer.alloc(16_384, 0xff))) sent += 16_384;
      };
      response.on('drain', pour).on('error', () => undefined);
      pour();
    });
    await rig.tasks.run();
    const { state, parts } = await row();
    expect(state).toBe('sent');
    expect(parts[0]!.receipt).toMatchObject({ status: 200, reply_truncated: true });
    expect(JSON.stringify(parts[0]!.receipt).length).toBeLessThan(2_000);
    expect(sent).toBeLessThan(50_000_000);
  });

  it('P10: while a key is replaced both secrets sign; after that only the new one', async () => {
    const { target, row } = await planned('/p10');
    const next = `whsec_${Buffer.alloc(24, 7).toString('base64')}`;
    await rig.call('PATCH', `/targets/${target.id}`, { address: { secret: [next, target.secret] } });
    await rig.tasks.run();
    const [both] = rig.seenAt('/p10');
    expect(String(both!.headers['webhook-signature']).split(' ')).toHaveLength(2);
    open(both!, target.secret);
    open(both!, next);
    expect(await row()).toMatchObject({ state: 'sent' });
    await rig.call('PATCH', `/targets/${target.id}`, { address: { secret: next } });
    await rig.call('POST', `/targets/${target.id}/test`);
    const last = rig.seenAt('/p10').at(-1)!;
    open(last, next);
    expect(() => open(last, target.secret)).toThrow('No matching signature');
  });

  it('P5: four dispatchers at once send each of 200 rows once', async () => {
    const targets = await Promise.all(Array.from({ length: 4 }, (_, index) => rig.target(`/p5-${index}`)));
    const { id: ruleId } = await rig.rule(targets);
    for (let index = 0; index < 50; index++) await rig.content();
    // The rates of a webhook are not what is tried here.
    const driveAll = () => Promise.all(Array.from({ length: 4 }, () => rig.tasks.run()));
    await driveAll();
    while ((await rig.db.client.task.count()) > 0) {
      await rig.tasks.skipWaits();
      await driveAll();
    }
    const requests = targets.flatMap((_, index) => rig.seenAt(`/p5-${index}`));
    expect(requests).toHaveLength(200);
    expect(new Set(requests.map(({ headers }) => headers['webhook-id'])).size).toBe(200);
    await rig.call('DELETE', `/rules/${ruleId}`);
  });

  it('P15: a receiver that does not answer holds up no other target', async () => {
    const slow = await rig.target('/slow');
    const { id: ruleId } = await rig.rule([slow]);
    for (let index = 0; index < 8; index++) await rig.content();
    await rig.tasks.pass();
    const { row } = await planned('/quick');
    const waiting: (() => void)[] = [];
    rig.answer((request, response) =>
      request.url === '/slow' ? void waiting.push(() => response.end()) : response.end(),
    );
    // Nine workers, one task each.
    const claimed = [];
    for (let index = 0; index < 9; index++) claimed.push(await rig.tasks.claimOne());
    const workers = claimed.map((task) => rig.tasks.runOne(task));
    await eventually(async () => (await row()).state === 'sent');
    await eventually(() => waiting.length === 2);
    for (const end of waiting) end();
    const outcomes = (await Promise.all(workers)).map(({ outcome }) => outcome);
    expect(outcomes.filter((outcome) => outcome === 'deferred')).toHaveLength(6);
    await rig.call('DELETE', `/rules/${ruleId}`);
  });
});
