import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { v7 as uuidv7 } from 'uuid';
import type { Canonical, DeliveryState } from '@vaultstream/contracts';
import { aParse, contentRig, images, web, type ContentRig } from '../../test/content-rig.ts';

let rig: ContentRig;
beforeAll(async () => {
  rig = await contentRig();
});
beforeEach(() => rig.endTasks());
afterAll(() => rig.close());

let serial = 0;
const address = (name: string) => web(`https://${name}.example/${serial++}`);
const learn = (id: number, url: string, parsed = {}) =>
  rig.transact((tx) => rig.contents.recordParse(tx, id, aParse(parsed, { learnt: web(url) })));
const merge = (first: number, second: number) => rig.transact((tx) => rig.contents.merge(tx, first, second));
const typesOf = async (id: number): Promise<string[]> =>
  (await rig.rows<{ type: string }>('SELECT type FROM events WHERE content_id = $1 ORDER BY id', id)).map(
    ({ type }) => type,
  );
const count = (sql: string, id: number) => rig.value(`SELECT count(*)::int FROM ${sql}`, id);

async function target(): Promise<string> {
  const id = uuidv7();
  await rig.rows(
    `INSERT INTO targets (id, key, kind, name, address) VALUES ($1::uuid, $2, 'webhook', 't', '{}')`,
    id,
    id,
  );
  return id;
}
async function deliver(contentId: number, targetId: string, state: DeliveryState): Promise<string> {
  const id = uuidv7();
  await rig.rows(
    'INSERT INTO deliveries (id, content_id, target_id, state) VALUES ($1::uuid, $2, $3::uuid, $4)',
    id,
    contentId,
    targetId,
    state,
  );
  return id;
}
const ledger = (contentId: number) =>
  rig.rows<{ id: string; target: string; state: string }>(
    'SELECT id::text, target_id::text AS target, state FROM deliveries WHERE content_id = $1 ORDER BY id',
    contentId,
  );

describe('merging', () => {
  it('a parse that learns a link of an older PULLED content merges into it and keeps its data', async () => {
    const long = address('long').url;
    const older = await rig.pulled(long, aParse({ title: 'Older', tags: ['a'] }));
    const short = await rig.share({
      canonical: address('short'),
      tags: ['b'],
      source: 'bot',
      isNsfw: true,
      note: 'why',
    });
    await rig.endTasks();
    expect(await learn(short.contentId, long, { title: 'Newer', media: images('https://i.example/x.png') })).toEqual({
      outcome: 'merged',
      contentId: older,
    });
    const survivor = await rig.reads.get(short.contentId);
    expect(survivor).toMatchObject({
      id: older,
      title: 'Older',
      tags: ['a', 'b'],
      isNsfw: true,
      note: 'why',
      media: [],
    });
    expect(survivor?.sources.map((source) => source.source)).toEqual([null, 'bot']);
    expect(await count('content_keys WHERE content_id = $1', older)).toBe(2);
    expect(await count('content_keys WHERE content_id = $1', short.contentId)).toBe(0);
    // A share under either name finds the survivor from now on.
    expect(await rig.share({ canonical: web(survivor?.canonicalUrl ?? '') })).toMatchObject({ contentId: older });
    expect(await rig.rows('SELECT name, content_id FROM tasks')).toEqual([
      { name: 'delivery.plan', content_id: older },
    ]);
    const types = await rig.rows<{ type: string }>(`SELECT type FROM events WHERE content_id = $1`, short.contentId);
    expect(types.map(({ type }) => type)).toContain('content.merged');
  });

  it('an older content that was not PULLED takes the result of the younger one', async () => {
    const long = address('long');
    for (const state of ['UNPROCESSED', 'PROCESSING', 'FAILED', 'deleted']) {
      const canonical = web(`${long.url}-${state}`);
      const { contentId: older } = await rig.share({ canonical });
      if (state === 'PROCESSING') await rig.transact((tx) => rig.contents.beginParse(tx, older));
      if (state === 'FAILED')
        await rig.transact((tx) =>
          rig.contents.recordFailure(tx, older, { errorType: 'X', message: 'x', stack: null, attempts: [] }),
        );
      if (state === 'deleted') await rig.transact((tx) => rig.contents.softDelete(tx, older));
      const { contentId: younger } = await rig.share({ canonical: address('short') });
      expect(await learn(younger, canonical.url, { title: state })).toMatchObject({
        outcome: 'recorded',
        contentId: older,
      });
      expect(await rig.reads.get(younger)).toMatchObject({ id: older, status: 'PULLED', title: state });
      expect(await count('content_sources WHERE content_id = $1', older)).toBe(2);
      expect(await count('tasks WHERE content_id = $1', younger)).toBe(0);
    }
  });

  it('of two contents the one that is called by the address stays, also when it is the younger; the other keeps text and pictures', async () => {
    const text = 'The keeper of the lighthouse has grown tomatoes on the rock for forty years. '.repeat(5);
    const older = await rig.pulled(
      address('old-site').url,
      aParse({ title: 'From the old site', body_text: text, media: images('https://i.example/old.png') }),
    );
    const long = address('new-site').url;
    const younger = await rig.pulled(long, aParse({ body_text: text, media: images('https://i.example/new.png') }));
    await rig.share({ canonical: web(long), tags: ['y'] });
    expect(await learn(older, long, { body_text: text })).toEqual({ outcome: 'merged', contentId: younger });
    expect(await rig.reads.get(older)).toMatchObject({ id: younger, title: 'A title', tags: ['y'] });
    expect(await count('media WHERE content_id = $1', younger)).toBe(1);
    expect(await count('content_sources WHERE content_id = $1', younger)).toBe(3);
    expect(await count('tasks WHERE content_id = $1', older)).toBe(0);
    expect(await rig.rows('SELECT title, body_text FROM contents WHERE id = $1', older)).toEqual([
      { title: 'From the old site', body_text: text },
    ]);
    expect(await count('media WHERE content_id = $1', older)).toBe(1);
  });

  it('of two ledger rows for one target the further one stays; a sent one is never lost', async () => {
    const cases: [older: DeliveryState | null, younger: DeliveryState | null, kept: DeliveryState][] = [
      ['planned', 'sent', 'sent'],
      ['sent', 'planned', 'sent'],
      ['sending', 'sent', 'sent'],
      ['unconfirmed', 'sent', 'sent'],
      ['unconfirmed', 'sending', 'unconfirmed'],
      ['cancelled', 'unconfirmed', 'unconfirmed'],
      ['failed', 'planned', 'planned'],
      ['partial', 'unconfirmed', 'partial'],
      [null, 'sent', 'sent'],
      ['sent', null, 'sent'],
      [null, 'planned', 'planned'],
    ];
    const older = await rig.pulled(address('older').url);
    const younger = await rig.pulled(address('younger').url);
    const targets: string[] = [];
    for (const [first, second] of cases) {
      const targetId = await target();
      targets.push(targetId);
      if (first) await deliver(older, targetId, first);
      if (second) await deliver(younger, targetId, second);
    }
    expect(await merge(younger, older)).toMatchObject({ id: older });
    const rows = await ledger(older);
    expect(targets.map((id) => rows.filter((row) => row.target === id).map((row) => row.state))).toEqual(
      cases.map(([, , kept]) => [kept]),
    );
    expect(await ledger(younger)).toEqual([]);
  });

  it('the task that sends a row which moved goes on for the survivor; all others of the loser end', async () => {
    const [older, younger] = [await rig.pulled(address('o').url), await rig.pulled(address('y').url)];
    const targetId = await target();
    const deliveryId = await deliver(younger, targetId, 'planned');
    await rig.rows(
      `INSERT INTO tasks (id, name, queue, payload, dedupe_key, content_id) VALUES
        ($1::uuid, 'delivery.send', 'push', jsonb_build_object('delivery_id', $2::text, 'content_id', $3::int, 'target_id', $4::text), 'delivery.send:' || $2::text, $3::int),
        ($5::uuid, 'content.settle', 'media', '{}', 'x', $3::int)`,
      uuidv7(),
      deliveryId,
      younger,
      targetId,
      uuidv7(),
    );
    await merge(older, younger);
    const tasks = await rig.rows<{ name: string; payload: { content_id: number } }>(
      'SELECT name, content_id, payload FROM tasks ORDER BY name',
    );
    expect(tasks.map(({ name, payload }) => [name, payload.content_id])).toEqual([
      ['delivery.plan', older],
      ['delivery.send', older],
    ]);
  });

  it('chains are flattened, whatever the order', async () => {
    const ids: number[] = [];
    for (let index = 0; index < 4; index++) ids.push(await rig.pulled(address('chain').url));
    const [a = 0, b = 0, c = 0, d = 0] = ids;
    await merge(d, c);
    await merge(b, c);
    await merge(a, b);
    expect(await rig.rows('SELECT DISTINCT merged_into FROM contents WHERE id = ANY ($1::int[])', [b, c, d])).toEqual([
      { merged_into: a },
    ]);
    expect(await Promise.all(ids.map((id) => rig.reads.idOf(id)))).toEqual([a, a, a, a]);
    expect(await count('content_sources WHERE content_id = $1', a)).toBe(4);
    expect(await merge(b, d)).toBeNull();
  });

  it('what a person has edited on the loser alone comes along', async () => {
    const [older, younger] = [await rig.pulled(address('o').url), await rig.pulled(address('y').url)];
    await rig.transact((tx) => rig.contents.patch(tx, younger, { title: 'By hand' }));
    await merge(older, younger);
    expect(await rig.reads.get(older)).toMatchObject({ title: 'By hand', editedFields: ['title'] });
  });

  it('two deleted contents stay deleted; a living one revives the older', async () => {
    const [older, younger] = [await rig.pulled(address('o').url), await rig.pulled(address('y').url)];
    await rig.transact((tx) => rig.contents.softDelete(tx, older));
    await rig.transact((tx) => rig.contents.softDelete(tx, younger));
    await merge(older, younger);
    expect(await rig.reads.get(older)).toBeNull();
    const third = await rig.pulled(address('t').url);
    await merge(older, third);
    expect(await rig.reads.get(third)).toMatchObject({ id: older });
    expect(await typesOf(older)).toContain('content.restored');
  });

  it('a FAILED survivor that is queued again says so; one that takes a result at hand was never queued', async () => {
    const error = { errorType: 'X', message: 'x', stack: null, attempts: [] };
    const failed = async (canonical: Canonical) => {
      const { contentId } = await rig.share({ canonical });
      await rig.transact((tx) => rig.contents.recordFailure(tx, contentId, error));
      return contentId;
    };
    const older = await failed(address('failed'));
    await merge(older, await rig.pulled(address('y').url));
    const requeued = await rig.rows(
      `SELECT payload FROM events WHERE content_id = $1 AND type = 'content.requeued'`,
      older,
    );
    expect(requeued).toEqual([{ payload: { reason: 'merged', from: 'FAILED' } }]);
    const long = address('long');
    const taking = await failed(long);
    const { contentId: younger } = await rig.share({ canonical: address('short') });
    await learn(younger, long.url);
    expect(await typesOf(taking)).not.toContain('content.requeued');
  });

  it('any merges at once, shares among them, end with one content and every source', async () => {
    for (let round = 0; round < 10; round++) {
      const names = Array.from({ length: 5 }, () => address('storm'));
      const shares = await Promise.all(names.map((canonical) => rig.share({ canonical })));
      const ids = shares.map((share) => share.contentId);
      const wishes = ids.flatMap((id, index) => [
        rig.transact((tx) => rig.contents.merge(tx, id, ids[(index + 1) % 5] ?? 0)),
        rig.share({ canonical: names[index] ?? web('x') }),
      ]);
      await Promise.all(wishes);
      // A merge that found one side merged already answers null: whoever asked asks again for the survivors.
      for (let index = 0; index < 4; index++) {
        const pair = await Promise.all([rig.reads.idOf(ids[index] ?? 0), rig.reads.idOf(ids[index + 1] ?? 0)]);
        if (pair[0] !== pair[1]) await merge(pair[0] ?? 0, pair[1] ?? 0);
      }
      const oldest = Math.min(...ids);
      expect(await Promise.all(ids.map((id) => rig.reads.idOf(id)))).toEqual(ids.map(() => oldest));
      expect(await count('content_sources WHERE content_id = $1', oldest)).toBe(10);
      expect(await count('content_keys WHERE content_id = $1', oldest)).toBe(5);
      expect(await count(`tasks WHERE name = 'content.parse' AND content_id = $1`, oldest)).toBe(1);
      await rig.endTasks();
    }
  });

  it('two contents that learn each other at once become one', async () => {
    for (let round = 0; round < 15; round++) {
      const [one, two] = [address('one'), address('two')];
      const [first, second] = [await rig.share({ canonical: one }), await rig.share({ canonical: two })];
      await rig.endTasks();
      await Promise.all([learn(first.contentId, two.url), learn(second.contentId, one.url)]);
      const ids = [first.contentId, second.contentId];
      const [id, other] = await Promise.all(ids.map((known) => rig.reads.idOf(known)));
      expect(other).toBe(id);
      expect(await rig.reads.get(first.contentId)).toMatchObject({ status: 'PULLED' });
      for (const canonical of [one, two])
        expect(await rig.share({ canonical })).toMatchObject({ contentId: id, created: false });
      await rig.endTasks();
    }
  });
});
