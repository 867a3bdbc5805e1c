import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, jest } from '@jest/globals';
import {
  buryDelivery,
  DeadLetters,
  leaveUnconfirmed,
  recordFailure,
  releasePart,
  type PartRef,
} from '@vaultstream/store';
import { eventually } from '@vaultstream/testing';
import { openRig, type Made, type Rig } from '../test/rig.ts';

// Ten thousand rows on a real database, on whatever machine.
jest.setTimeout(60_000);

let rig: Rig;
beforeAll(async () => {
  rig = await openRig();
});
afterAll(() => rig.close());
beforeEach(() => rig.answer((_, response) => response.end()));
afterEach(() => rig.db.client.task.deleteMany());

const push = (content_id: number, target: Made) =>
  rig.call('POST', '/deliveries', { content_id, target_id: target.id });
const mark = (content_id: number, target_platform: string) =>
  rig.call('POST', '/bot/mark-pushed', { content_id, target_platform });

/** Resolves once a transaction waits for a lock. */
const someoneWaits = () =>
  eventually(async () => {
    const [row] = await rig.db.client.$queryRaw<{ waiting: number }[]>`
      SELECT count(*)::int AS waiting FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'`;
    expect(row?.waiting).toBeGreaterThan(0);
  });

describe('the ledger against what others do meanwhile', () => {
  it('a mark that waits for a merge counts for the survivor', async () => {
    const [older, younger] = [await rig.content(), await rig.content()];
    await rig.db.client.task.deleteMany();
    const [merged, mayCommit] = [Promise.withResolvers<undefined>(), Promise.withResolvers<undefined>()];
    const merge = rig.db.transact(async (tx) => {
      await rig.contents.merge(tx, older, younger);
      merged.resolve(undefined);
      await mayCommit.promise;
    });
    await merged.promise;
    const marked = mark(younger, 'TG_MERGED');
    await someoneWaits();
    mayCommit.resolve(undefined);
    await merge;
    expect((await marked).body).toEqual({ created: true });
    const { body } = await rig.call('POST', '/bot/get-content', { target_platform: 'TG_MERGED', limit: 10 });
    expect((body as { id: number }[]).map(({ id }) => id)).not.toContain(older);
    expect((await mark(younger, 'TG_MERGED')).body).toEqual({ created: false });
    expect((await mark(older, 'TG_MERGED')).body).toEqual({ created: false });
  });

  it('a row that is planned anew while a run ends idle keeps its task', async () => {
    const target = await rig.target('/idle');
    const id = await rig.content();
    await rig.db.client.task.deleteMany();
    await push(id, target);
    // As after the replay of a dead letter: a failed row with a task.
    await rig.db.client.delivery.updateMany({ where: { contentId: id }, data: { state: 'failed' } });
    const claimed = await rig.tasks.claimOne();
    await rig.call('DELETE', `/targets/${target.id}`);
    rig.tasks.afterStep = async () => {
      expect(await rig.delivery(id, target.id)).toMatchObject({ state: 'cancelled', reason: 'target_deleted' });
      await rig.target('/idle');
      expect((await push(id, target)).status).toBe(201);
    };
    expect(await rig.tasks.runOne(claimed)).toMatchObject({ outcome: 'deferred', delayMs: 0 });
    await rig.tasks.runLater();
    expect(await rig.delivery(id, target.id)).toMatchObject({ state: 'sent' });
    expect(rig.seenAt('/idle')).toHaveLength(1);
  });

  it('a target goes with ten thousand rows that wait', async () => {
    const target = await rig.target('/many');
    await rig.db.client.$executeRaw`
      WITH made AS (INSERT INTO contents (platform, url, canonical_url, status)
                    SELECT 'web', 'https://many.example/' || n, 'https://many.example/' || n, 'PULLED'
                    FROM generate_series(1, 10000) n RETURNING id),
        entered AS (INSERT INTO deliveries (id, content_id, target_id, state)
                    SELECT gen_random_uuid(), id, ${target.id}::uuid, 'held' FROM made RETURNING id)
      INSERT INTO delivery_parts (id, delivery_id, position) SELECT gen_random_uuid(), id, 0 FROM entered`;
    expect((await rig.call('DELETE', `/targets/${target.id}`)).status).toBe(204);
    const where = { targetId: target.id, state: 'cancelled', reason: 'target_deleted' };
    expect(await rig.db.client.delivery.count({ where })).toBe(10_000);
    const [told] = await rig.db.client.$queryRaw<{ count: number }[]>`
      SELECT count(*)::int FROM events WHERE target_id = ${target.id}::uuid AND type = 'delivery.cancelled'
        AND payload = '{"reason": "target_deleted"}'`;
    expect(told?.count).toBe(10_000);
    await rig.db.client.delivery.deleteMany({ where });
    await rig.db.client.$executeRaw`DELETE FROM contents WHERE url LIKE 'https://many.example/%'`;
  });
});

describe('texts of strangers in the ledger', () => {
  const error = { type: 'Upstream\u0000Error', message: 'no\u0000t\ud800 now' };
  const kept = { lastErrorType: 'UpstreamError', lastError: 'not\ufffd now' };

  async function sending(): Promise<{ ref: PartRef; target: Made; row: () => ReturnType<Rig['delivery']> }> {
    const target = await rig.target();
    const id = await rig.content();
    await push(id, target);
    const { id: deliveryId } = await rig.delivery(id, target.id);
    const data = {
      state: 'sending',
      parts: { create: { id: deliveryId, position: 0, state: 'sending', attempts: 1 } },
    };
    await rig.db.client.delivery.update({ where: { id: deliveryId }, data });
    return { ref: { deliveryId, partId: deliveryId, claim: 1 }, target, row: () => rig.delivery(id, target.id) };
  }

  it('errors that Postgres could not keep do not undo the end of a call', async () => {
    const [released, doubtful, left, buried] = [await sending(), await sending(), await sending(), await sending()];
    await rig.db.transact((tx) => releasePart(tx, released.ref, error, false));
    expect(await released.row()).toMatchObject({ state: 'planned', ...kept });
    await rig.db.transact((tx) => releasePart(tx, doubtful.ref, error, true));
    expect(await doubtful.row()).toMatchObject({ state: 'sending', ...kept });
    await rig.db.transact((tx) => leaveUnconfirmed(tx, left.ref, error));
    expect(await left.row()).toMatchObject({ state: 'unconfirmed', ...kept });
    await rig.db.client.deliveryPart.updateMany({ where: { id: buried.ref.partId }, data: { state: 'planned' } });
    await rig.db.transact((tx) => buryDelivery(tx, buried.ref.deliveryId, error));
    expect(await buried.row()).toMatchObject({ state: 'failed', ...kept });
  });

  it('the health of a target keeps them too', async () => {
    const target = await rig.target();
    await rig.db.transact((tx) => recordFailure(tx, target.id, new Error('no\u0000t')));
    expect((await rig.call('GET', `/targets/${target.id}`)).body.health.last_error).toBe('Error: not');
  });
});

describe('what a bot is offered', () => {
  it('reaches behind the newest, when a target has all of them', async () => {
    const { id: target_id, key } = await rig.target();
    await rig.db.client.$executeRaw`
      WITH made AS (INSERT INTO contents (platform, url, canonical_url, status, published_sort)
                    SELECT 'web', 'https://deep.example/' || n, 'https://deep.example/' || n, 'PULLED', now() - n * interval '1 h'
                    FROM generate_series(1, 600) n RETURNING id, url)
      INSERT INTO deliveries (id, content_id, target_id, state) SELECT gen_random_uuid(), id, ${target_id}::uuid, 'sent'
      FROM made WHERE url NOT IN ('https://deep.example/7', 'https://deep.example/550', 'https://deep.example/590')`;
    const { body } = await rig.call('POST', '/bot/get-content', { target_platform: key, limit: 3 });
    const urls = (body as { url: string }[]).map(({ url }) => url.replace('https://deep.example/', ''));
    expect(urls).toEqual(['7', '550', '590']);
  });
});

describe('a merged id', () => {
  it('stands for its survivor in pushes by hand and in filters', async () => {
    const target = await rig.target();
    const [older, younger] = [await rig.content(), await rig.content()];
    await rig.db.client.deadLetter.create({
      data: {
        id: crypto.randomUUID(),
        taskId: crypto.randomUUID(),
        name: 'content.parse',
        queue: 'parse',
        payload: { content_id: younger },
        contentId: younger,
        reason: 'non_retryable',
        errorType: 'NotFound',
        error: 'gone',
        detail: {},
        attempts: 1,
        fingerprint: 'merged',
      },
    });
    await rig.db.transact((tx) => rig.contents.merge(tx, older, younger));
    const { status, body } = await push(younger, target);
    expect({ status, content: body.content_id }).toEqual({ status: 201, content: older });
    expect(await push(younger, target)).toMatchObject({ status: 200, body: { id: body.id } });
    for (const id of [older, younger]) {
      const { body: rows } = await rig.call('GET', `/deliveries?content_id=${id}`);
      expect(rows.items).toMatchObject([{ id: body.id }]);
      const letters = await rig.app.get(DeadLetters).list({ content_id: id, limit: 10 });
      expect(letters.items).toMatchObject([{ error: 'gone' }]);
    }
  });
});
