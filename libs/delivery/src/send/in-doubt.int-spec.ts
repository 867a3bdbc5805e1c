import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { chatRates, registerChat } from '../../test/chat-kind.ts';
import { openRig, type Made, type Rig } from '../../test/rig.ts';

// Many rounds on a real database, on whatever machine.
jest.setTimeout(60_000);

let rig: Rig;
beforeAll(async () => {
  registerChat();
  rig = await openRig();
});
afterAll(() => rig.close());
beforeEach(() => rig.answer((_, response) => response.end('41')));
afterEach(async () => {
  chatRates.limits = [];
  await rig.db.client.task.deleteMany();
});

async function chat(path: string, settings: object = {}): Promise<Made> {
  const made = await rig.call('POST', '/targets', {
    kind: 'chat',
    name: path,
    address: { url: `${rig.receiver.url}/${path}` },
    settings,
  });
  return made.body as Made;
}

async function push(target: Made, title: string | null = 'One', body_text: string | null = null) {
  const contentId = await rig.content({ title, body_text });
  await rig.db.client.task.deleteMany({ where: { name: 'delivery.plan' } });
  const { body } = await rig.call('POST', '/deliveries', { content_id: contentId, target_id: target.id });
  return { id: (body as { id: string }).id, contentId, row: () => rig.delivery(contentId, target.id) };
}

describe('a service that does not recognise repeated messages', () => {
  it('P4: a crash between the call and its receipt leaves the message unconfirmed: 20 of 20, none sent again', async () => {
    const target = await chat('p4');
    for (let round = 0; round < 20; round++) {
      const { row } = await push(target);
      const crash = new AbortController();
      rig.answer((_, response) => {
        crash.abort(new Error('the process was killed'));
        response.end('41');
      });
      await rig.tasks.runOne(await rig.tasks.claimOne(), crash.signal);
      rig.answer((_, response) => response.end('42'));
      for (let again = 0; again < 3; again++) await rig.tasks.runLater();
      expect(await row()).toMatchObject({ state: 'unconfirmed', parts: [{ state: 'unconfirmed', attempts: 1 }] });
    }
    expect(rig.seenAt('/p4')).toHaveLength(20);
  });

  it('P2: a lost reply ends the task without retry and without a dead letter; a person says what became of it', async () => {
    const target = await chat('p2');
    const [one, two] = [await push(target), await push(target)];
    rig.answer((request) => request.socket.destroy());
    expect((await rig.tasks.run()).map(({ outcome }) => outcome)).toEqual(['done', 'done']);
    expect(await rig.db.client.task.count()).toBe(0);
    expect(await rig.db.client.deadLetter.count()).toBe(0);
    expect(await one.row()).toMatchObject({ state: 'unconfirmed', lastErrorType: 'OutcomeUnknown' });
    rig.answer((_, response) => response.end('43'));
    expect((await rig.call('POST', `/deliveries/${one.id}/resolve`, { as: 'sent' })).body).toMatchObject({
      status: 'sent',
    });
    await rig.call('POST', `/deliveries/${two.id}/resolve`, { as: 'not_sent' });
    await rig.tasks.run();
    expect(await two.row()).toMatchObject({ state: 'sent', parts: [{ messageId: '43' }] });
    expect(rig.seenAt('/p2')).toHaveLength(3);
    expect((await rig.call('POST', `/deliveries/${one.id}/resolve`, { as: 'sent' })).status).toBe(409);
  });

  it('P3: under the policy "resend" nothing is missing, and what may be repeated says so', async () => {
    const target = await chat('p3', { in_doubt: 'resend' });
    const { row } = await push(target);
    rig.answer((request) => request.socket.destroy());
    await rig.tasks.run();
    rig.answer((_, response) => response.end('44'));
    await rig.tasks.runLater();
    expect(rig.seenAt('/p3')).toHaveLength(2);
    expect(await row()).toMatchObject({
      state: 'sent',
      parts: [{ messageId: '44', receipt: { possibly_repeated: true } }],
    });
  });

  it('goes on with the second message after the first one, and never sends the first one again', async () => {
    const target = await chat('parts');
    const { row } = await push(target, 'One', 'Two');
    rig.answer((_, response) => response.writeHead(rig.seenAt('/parts').length === 1 ? 500 : 200).end('45'));
    await rig.tasks.run();
    expect(await row()).toMatchObject({ state: 'planned', parts: [{ state: 'sent' }, { state: 'planned' }] });
    await rig.tasks.runLater();
    expect(await row()).toMatchObject({ state: 'sent', parts: [{ attempts: 1 }, { attempts: 2 }] });
    expect(rig.seenAt('/parts').map(({ body }) => JSON.parse(body.toString()).text)).toEqual(['One', 'Two', 'Two']);
  });

  it('ends as partial when a later message is refused for good, and a retry sends only the rest', async () => {
    const target = await chat('partial');
    const { id, row } = await push(target, 'One', 'Two');
    rig.answer((_, response) => response.writeHead(rig.seenAt('/partial').length === 1 ? 400 : 200).end('46'));
    expect((await rig.tasks.run())[0]).toMatchObject({ outcome: 'dead' });
    expect(await row()).toMatchObject({ state: 'partial', parts: [{ state: 'sent' }, { state: 'failed' }] });
    await rig.call('POST', `/deliveries/${id}/retry`);
    await rig.tasks.run();
    expect(await row()).toMatchObject({ state: 'sent' });
    expect(rig.seenAt('/partial')).toHaveLength(3);
  });

  it('P7: keeps to its pace, in order, and lets a lone message go at once', async () => {
    chatRates.limits = [
      { count: 1, windowMs: 1_000, burst: 1 },
      { count: 20, windowMs: 60_000, burst: 5 },
    ];
    const target = await chat('p7');
    const titles = Array.from({ length: 60 }, (_, index) => `${index}`);
    for (const title of titles) await push(target, title);
    const runs = await rig.tasks.pass();
    expect(runs?.map(({ outcome }) => outcome)).toEqual(['done', ...Array<string>(59).fill('deferred')]);
    const rows = await rig.db.client.delivery.findMany({
      where: { targetId: target.id },
      orderBy: { id: 'asc' },
      include: { parts: true },
    });
    expect(rows[5]).toMatchObject({ state: 'held', reason: 'limits' });
    const times = rows.map(({ notBefore, parts }) => (notBefore ?? parts[0]!.claimedAt!).getTime());
    const gaps = times.slice(1).map((time, index) => time - times[index]!);
    expect(Math.min(...gaps)).toBeGreaterThanOrEqual(950);
    for (const time of times)
      expect(times.filter((other) => other >= time && other < time + 59_900).length).toBeLessThanOrEqual(20);
    // Each is there once, whenever it may go.
    chatRates.limits = [];
    await rig.tasks.runLater();
    expect(
      rig
        .seenAt('/p7')
        .map(({ body }) => JSON.parse(body.toString()).text)
        .sort(),
    ).toEqual([...titles].sort());
  });

  it('P7: places that have passed while nobody was sending let one go at a time all the same', async () => {
    chatRates.limits = [{ count: 1, windowMs: 3_600_000, burst: 1 }];
    const target = await chat('late');
    const sent = () => rig.seenAt('/late').length;
    for (const title of ['One', 'Two', 'Three']) await push(target, title);
    await rig.tasks.pass();
    expect(sent()).toBe(1);
    // An hour and more has gone by for those that wait, and none for the one that was sent.
    await rig.db.client.$executeRaw`UPDATE tasks SET run_at = now()`;
    await rig.db.client
      .$executeRaw`UPDATE deliveries SET not_before = now() - interval '2 hours' WHERE not_before IS NOT NULL`;
    expect((await rig.tasks.pass())?.map(({ outcome }) => outcome)).toEqual(['deferred', 'deferred']);
    expect(sent()).toBe(1);
    await rig.tasks.runLater();
    expect(sent()).toBe(2);
    await rig.tasks.runLater();
    expect(sent()).toBe(3);
  });
});
