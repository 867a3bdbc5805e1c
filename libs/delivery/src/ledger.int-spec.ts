import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { markPushed, PostgresTaskLog, Targets } from '@vaultstream/store';
import { openRig, type Rig } from '../test/rig.ts';

// Many rounds on a real database, on whatever machine.
jest.setTimeout(60_000);

let rig: Rig;
beforeAll(async () => {
  rig = await openRig();
});
afterAll(() => rig.close());
beforeEach(() => rig.answer((_, response) => response.end()));
afterEach(async () => {
  await rig.db.client.task.deleteMany();
  await rig.db.client.rule.deleteMany();
});

const mark = (content_id: number, target_platform: string, message_id?: string | number) =>
  rig.call('POST', '/bot/mark-pushed', { content_id, target_platform, message_id });
const offered = async (target_platform: string, more: object = {}): Promise<number[]> => {
  const { body } = await rig.call('POST', '/bot/get-content', { target_platform, limit: 10, ...more });
  return (body as { id: number }[]).map(({ id }) => id);
};

describe('the push ledger', () => {
  it('behaviours 28 and 30: offers PULLED contents, newest first, less what this target has', async () => {
    const at = (day: number) => new Date(Date.UTC(2026, 0, day));
    const old = await rig.content({ published_at: at(1), tags: ['keep'] });
    const undated = await rig.content({ tags: ['keep'] });
    const recent = await rig.content({ published_at: at(9), tags: ['keep'] });
    const other = await rig.content({ published_at: at(5) });
    await rig.db.client.content.update({ where: { id: await rig.content() }, data: { status: 'FAILED' } });
    await rig.db.client.content.update({ where: { id: await rig.content() }, data: { deletedAt: new Date() } });
    expect(await offered('TG_A')).toEqual([recent, other, old, undated]);
    expect(await offered('TG_A', { tag: 'keep' })).toEqual([recent, old, undated]);
    expect(await offered('TG_A', { platform: 'bilibili' })).toEqual([]);
    expect(await offered('TG_A', { limit: 1 })).toEqual([recent]);
    expect((await mark(recent, 'TG_A', 77)).body).toEqual({ created: true });
    expect(await offered('TG_A')).toEqual([other, old, undated]);
    expect(await offered('TG_B')).toEqual([recent, other, old, undated]);
    const [targets, targetB] = await Promise.all([
      rig.db.client.target.findUniqueOrThrow({ where: { key: 'TG_A' } }),
      rig.db.client.target.findUnique({ where: { key: 'TG_B' } }),
    ]);
    expect(targets).toMatchObject({ kind: 'external', enabled: false });
    expect(targetB).toBeNull();
    const row = await rig.delivery(recent, targets.id);
    expect(row).toMatchObject({ state: 'sent', parts: [{ messageId: '77' }] });
    for (const [state, shown] of [
      ['failed', true],
      ['cancelled', true],
      ['blocked', false],
      ['unconfirmed', false],
    ] as const) {
      await rig.db.client.delivery.update({ where: { id: row.id }, data: { state } });
      expect((await offered('TG_A')).includes(recent)).toBe(shown);
    }
  });

  it('behaviour 29: marks once under 50 concurrent calls; an unknown content is 404', async () => {
    const id = await rig.content();
    const answers = await Promise.all(Array.from({ length: 50 }, () => mark(id, 'TG_50', 'm')));
    expect(answers.every(({ status }) => status === 200)).toBe(true);
    expect(answers.filter(({ body }) => body.created)).toHaveLength(1);
    expect(await rig.db.client.delivery.count({ where: { contentId: id } })).toBe(1);
    expect(await rig.db.client.target.count({ where: { key: 'TG_50' } })).toBe(1);
    expect((await mark(2_000_000_000, 'TG_50')).status).toBe(404);
  });

  it('a mark ends what was planned or held, and wins over a call under way', async () => {
    const target = await rig.target('/marked');
    const planned = await rig.content();
    await rig.call('POST', '/deliveries', { content_id: planned, target_id: target.id });
    expect((await mark(planned, target.key)).body).toEqual({ created: true });
    expect(await rig.db.client.task.count({ where: { name: 'delivery.send' } })).toBe(0);
    expect(await rig.delivery(planned, target.id)).toMatchObject({ state: 'sent', reason: 'marked' });

    const sending = await rig.content();
    await rig.db.client.task.deleteMany();
    await rig.call('POST', '/deliveries', { content_id: sending, target_id: target.id });
    rig.answer((_, response) => void mark(sending, target.key).then(() => response.end()));
    expect(await rig.tasks.run()).toMatchObject([{ outcome: 'done' }]);
    expect(await rig.delivery(sending, target.id)).toMatchObject({ state: 'sent', reason: 'marked' });
    expect(rig.seenAt('/marked')).toHaveLength(1);
  });

  it('a receipt that comes after the run has lost its task still counts', async () => {
    const target = await rig.target('/late');
    const id = await rig.content();
    await rig.db.client.task.deleteMany();
    await rig.call('POST', '/deliveries', { content_id: id, target_id: target.id });
    rig.answer((_, response) => void rig.db.client.task.deleteMany().then(() => response.end()));
    expect(await rig.tasks.run()).toMatchObject([{ outcome: 'fenced' }]);
    expect(await rig.delivery(id, target.id)).toMatchObject({ state: 'sent', parts: [{ state: 'sent' }] });
  });

  it('a cancel between the claim of the task and the call stops the call', async () => {
    const target = await rig.target('/cancelled');
    const id = await rig.content();
    await rig.db.client.task.deleteMany();
    const { body } = await rig.call('POST', '/deliveries', { content_id: id, target_id: target.id });
    const claimed = await rig.tasks.claimOne();
    await rig.call('POST', `/deliveries/${body.id}/cancel`);
    expect(await rig.tasks.runOne(claimed)).toMatchObject({ outcome: 'fenced' });
    expect(rig.seenAt('/cancelled')).toEqual([]);
    expect(await rig.delivery(id, target.id)).toMatchObject({ state: 'cancelled' });
  });

  it('P21: however often and concurrently it is planned, while its rules change, a content has one row per target', async () => {
    const [one, two] = [await rig.target(), await rig.target()];
    const rule = await rig.rule([one, two]);
    const rival = await rig.rule([two, one], { priority: 5 });
    const ids: number[] = [];
    for (let index = 0; index < 40; index++) ids.push(await rig.content({ tags: ['x'] }));
    const change = async () => {
      for (let index = 0; index < 10; index++)
        await rig.call('PATCH', `/rules/${index % 2 ? rule.id : rival.id}`, {
          priority: index,
          match: { tags_any: ['x', `${index}`] },
        });
    };
    await Promise.all([rig.tasks.run(), rig.tasks.run(), change()]);
    expect(await rig.db.client.delivery.count({ where: { contentId: { in: ids } } })).toBe(80);
    expect((await rig.call('GET', `/rules/${rule.id}`)).body.version).toBe(6);
    while ((await rig.db.client.task.count()) > 0) await rig.tasks.runLater();
    expect(await rig.db.client.delivery.count({ where: { contentId: { in: ids }, state: 'sent', attempts: 1 } })).toBe(
      80,
    );
    const decisions = await rig.db.client.ruleDecision.findMany({ where: { contentId: ids[0]! } });
    expect(decisions.map(({ reason }) => reason).sort()).toEqual([
      'already_in_ledger',
      'already_in_ledger',
      'rule_matched',
      'rule_matched',
    ]);
  });

  it('a deleted target cancels what waits; created again it is the same one, and nothing is pushed twice', async () => {
    const target = await rig.target('/revived');
    await rig.rule([target]);
    const sent = await rig.content();
    await rig.tasks.run();
    const waiting = await rig.content();
    rig.answer((_, response) => response.writeHead(500).end());
    await rig.tasks.run();
    expect((await rig.call('DELETE', `/targets/${target.id}`)).status).toBe(204);
    expect((await rig.call('GET', `/targets/${target.id}`)).status).toBe(404);
    expect(await rig.delivery(waiting, target.id)).toMatchObject({ state: 'cancelled', reason: 'target_deleted' });
    expect(await rig.db.client.task.count()).toBe(0);
    rig.answer((_, response) => response.end());
    const again = await rig.target('/revived');
    expect(again).toMatchObject({ id: target.id, key: target.key });
    expect(again.secret).not.toBe(target.secret);
    expect((await rig.call('POST', '/deliveries', { content_id: sent, target_id: again.id })).status).toBe(200);
    await rig.tasks.run();
    expect(rig.seenAt('/revived')).toHaveLength(2);
  });

  it('a deleted content is pushed nowhere; shared again it is planned again', async () => {
    const target = await rig.target('/undeleted');
    await rig.rule([target]);
    const id = await rig.content();
    await rig.tasks.pass();
    await rig.db.transact((tx) => rig.contents.softDelete(tx, id));
    await rig.tasks.run();
    expect(await rig.delivery(id, target.id)).toMatchObject({ state: 'cancelled', reason: 'content_deleted' });
    expect(rig.seenAt('/undeleted')).toEqual([]);
    await rig.db.client.content.update({ where: { id }, data: { deletedAt: null } });
    const trace = { request_id: null, traceparent: null };
    await rig.db.transact((tx) =>
      new PostgresTaskLog().append(tx, [{ name: 'delivery.plan', payload: { content_id: id }, trace }]),
    );
    await rig.tasks.run();
    expect(await rig.delivery(id, target.id)).toMatchObject({ state: 'sent' });
  });

  it('a content that is deleted under a call leaves no row without an end: its receipt counts, and without one it is unconfirmed', async () => {
    const target = await rig.target('/gone');
    const push = async () => {
      const id = await rig.content();
      await rig.db.client.task.deleteMany();
      await rig.call('POST', '/deliveries', { content_id: id, target_id: target.id });
      return id;
    };
    const [answered, crashed] = [await push(), await push()];
    const crash = new AbortController();
    let current = answered;
    rig.answer((_, response) => {
      void rig.db
        .transact((tx) => rig.contents.softDelete(tx, current))
        .then(() => {
          if (current === crashed) crash.abort(new Error('the process was killed'));
          response.end();
        });
    });
    await rig.db.client.task.deleteMany();
    const trace = { request_id: null, traceparent: null };
    for (current of [answered, crashed]) {
      const { id } = await rig.delivery(current, target.id);
      const payload = { delivery_id: id, content_id: current, target_id: target.id };
      await rig.db.transact((tx) => new PostgresTaskLog().append(tx, [{ name: 'delivery.send', payload, trace }]));
      const signal = current === crashed ? crash.signal : undefined;
      const outcome = current === crashed ? 'crashed' : 'fenced';
      expect(await rig.tasks.runOne(await rig.tasks.claimOne(), signal)).toMatchObject({ outcome });
    }
    expect(await rig.db.client.task.count()).toBe(0);
    expect(await rig.delivery(answered, target.id)).toMatchObject({ state: 'sent', parts: [{ state: 'sent' }] });
    expect(await rig.delivery(crashed, target.id)).toMatchObject({
      state: 'unconfirmed',
      parts: [{ state: 'unconfirmed' }],
    });
  });

  it('an external target becomes the real one when it is created, with its ledger', async () => {
    const target = await rig.target('/adopted');
    await rig.db.client.target.delete({ where: { id: target.id } });
    const id = await rig.content();
    await rig.db.transact((tx) =>
      markPushed(tx, rig.app.get(Targets), { contentId: id, targetKey: target.key, messageId: null }),
    );
    const real = await rig.target('/adopted');
    expect(real.key).toBe(target.key);
    expect((await rig.call('GET', `/targets/${real.id}`)).body).toMatchObject({ kind: 'webhook', enabled: true });
    await rig.rule([real]);
    await rig.tasks.run();
    expect(rig.seenAt('/adopted')).toEqual([]);
    expect(await rig.delivery(id, real.id)).toMatchObject({ state: 'sent', reason: 'marked' });
  });
});
