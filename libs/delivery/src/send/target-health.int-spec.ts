import { afterAll, afterEach, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { Targets } from '@vaultstream/store';
import { TrapListener } from '@vaultstream/testing';
import { openRig, type Made, type Rig } from '../../test/rig.ts';

// Many rounds on a real database, on whatever machine.
jest.setTimeout(60_000);

let rig: Rig;
let trap: TrapListener;
beforeAll(async () => {
  [rig, trap] = await Promise.all([openRig(), TrapListener.listen()]);
});
afterAll(() => Promise.all([rig.close(), trap.close()]));
afterEach(async () => {
  await rig.db.client.task.deleteMany();
});

async function push(target: Made) {
  const contentId = await rig.content();
  await rig.db.client.task.deleteMany({ where: { name: 'delivery.plan' } });
  await rig.call('POST', '/deliveries', { content_id: contentId, target_id: target.id });
  return { contentId, row: () => rig.delivery(contentId, target.id) };
}
const health = async ({ id }: Made) => (await rig.call('GET', `/targets/${id}`)).body;
const disabledEvents = async ({ id }: Made) =>
  (
    await rig.db.client.$queryRaw<{ reason: string }[]>`
    SELECT payload->>'reason' AS reason FROM events WHERE type = 'target.disabled' AND target_id = ${id}::uuid`
  ).map(({ reason }) => reason);

describe('the health of a target', () => {
  it('P12: a redirect is a failure that is tried again, and is never followed', async () => {
    const target = await rig.target('/p12');
    const { row } = await push(target);
    rig.answer((_, response) => response.writeHead(308, { location: `http://127.0.0.1:${trap.port}/` }).end());
    expect(await rig.tasks.run()).toMatchObject([{ outcome: 'retried', error: { name: 'UpstreamError' } }]);
    expect(trap.connections).toBe(0);
    expect(await row()).toMatchObject({ state: 'planned', lastErrorType: 'UpstreamError' });
    expect(await health(target)).toMatchObject({
      enabled: true,
      health: { status: 'failing', consecutive_failures: 1 },
    });
  });

  it('P13: 410 disables the target at once, with one event; later contents are blocked until a person acts', async () => {
    const target = await rig.target('/p13');
    const rule = await rig.rule([target]);
    const { row } = await push(target);
    rig.answer((_, response) => response.writeHead(410).end());
    expect(await rig.tasks.run()).toMatchObject([{ outcome: 'dead' }]);
    expect(await row()).toMatchObject({ state: 'failed', lastErrorType: 'NotFound' });
    expect(await health(target)).toMatchObject({
      enabled: false,
      health: { status: 'disabled', disabled_reason: 'gone' },
    });
    const next = await rig.content();
    await rig.tasks.run();
    const blocked = await rig.delivery(next, target.id);
    expect(blocked).toMatchObject({ state: 'blocked', reason: 'target_disabled' });
    expect((await rig.call('POST', `/deliveries/${blocked.id}/retry`)).status).toBe(409);
    rig.answer((_, response) => response.end());
    expect((await rig.call('PATCH', `/targets/${target.id}`, { enabled: true })).body.health.status).toBe('unknown');
    await rig.call('POST', `/deliveries/${blocked.id}/retry`);
    await rig.tasks.run();
    expect(await rig.delivery(next, target.id)).toMatchObject({ state: 'sent' });
    expect(await disabledEvents(target)).toEqual(['gone']);
    await rig.call('DELETE', `/rules/${rule.id}`);
  });

  it('P13: five days of nothing but failures disable it once; sporadic failures never do; one success clears the clock', async () => {
    const [failing, sporadic, healed] = [await rig.target('/f'), await rig.target('/s'), await rig.target('/h')];
    for (const target of [failing, sporadic, healed]) await push(target);
    rig.answer((_, response) => response.writeHead(503).end());
    for (let tries = 0; tries < 4; tries++) await rig.tasks.runLater();
    const longAgo = (target: Made, hours: number) => rig.db.client.$executeRaw`
      UPDATE targets SET failing_since = now() - ${hours}::int * interval '1 hour' WHERE id = ${target.id}::uuid`;
    await longAgo(failing, 119);
    await rig.tasks.runLater();
    expect(await health(failing)).toMatchObject({ enabled: true });
    await longAgo(failing, 121);
    await rig.db.client.$executeRaw`UPDATE targets SET consecutive_failures = 1 WHERE id = ${sporadic.id}::uuid`;
    await longAgo(sporadic, 500);
    await longAgo(healed, 121);
    rig.answer((request, response) => response.writeHead(request.url === '/h' ? 200 : 503).end());
    await rig.tasks.runLater();
    expect(await health(failing)).toMatchObject({ enabled: false, health: { disabled_reason: 'failing' } });
    expect(await health(sporadic)).toMatchObject({ enabled: true, health: { status: 'failing' } });
    expect(await health(healed)).toMatchObject({ enabled: true, health: { status: 'ok', consecutive_failures: 0 } });
    await rig.tasks.runLater();
    expect(await disabledEvents(failing)).toEqual(['failing']);
  });

  it.each([
    ['P19', 404, 'NotFound', 'non_retryable'],
    ['P20', 401, 'AccessDenied', 'auth_required'],
  ])('%s: an answer %i is final, and three of them in a row disable the target', async (_, status, type, reason) => {
    const target = await rig.target(`/${status}`);
    rig.answer((_, response) => response.writeHead(status).end(`your token is ${target.secret}`));
    for (let count = 1; count <= 3; count++) {
      expect(await health(target)).toMatchObject({ enabled: true });
      const { row: delivery } = await push(target);
      expect((await rig.tasks.run()).map(({ outcome }) => outcome)).toEqual(['dead']);
      expect(await delivery()).toMatchObject({ state: 'failed', lastErrorType: type });
    }
    expect(rig.seenAt(`/${status}`)).toHaveLength(3);
    expect(await health(target)).toMatchObject({ enabled: false, health: { disabled_reason: 'access_denied' } });
    expect(await disabledEvents(target)).toEqual(['access_denied']);
    const letters = await rig.db.client.deadLetter.findMany({ where: { targetId: target.id } });
    expect(letters.map((letter) => letter.reason)).toEqual([reason, reason, reason]);
    const told = JSON.stringify([
      letters,
      await rig.db.client.delivery.findMany({ where: { targetId: target.id }, include: { parts: true } }),
      await rig.db.client.target.findMany(),
      await rig.db.client.$queryRaw`SELECT payload FROM events`,
      await health(target),
    ]);
    expect(told).not.toContain(target.secret);
  });

  it('P16: an address that turns out to lead inside is refused at sending, before any packet', async () => {
    const target = await rig.target('/p16');
    const { row } = await push(target);
    // As if the name had come to mean another address after it was saved.
    const inside = { url: `http://127.0.0.1:${trap.port}/`, secret: [target.secret] };
    await rig.db.transact((tx) =>
      rig.app.get(Targets).update(tx, target.id, { address: { key: target.key, full: inside, masked: {} } }),
    );
    expect(await rig.tasks.run()).toMatchObject([{ outcome: 'dead', error: { name: 'Refused' } }]);
    expect((await rig.call('POST', `/targets/${target.id}/test`)).body).toMatchObject({ ok: false });
    expect(await row()).toMatchObject({ state: 'failed', lastErrorType: 'Refused' });
    expect(trap.connections).toBe(0);
  });
});
