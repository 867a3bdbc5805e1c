import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { v7 as uuidv7 } from 'uuid';
import { aParse, contentRig, web, type ContentRig } from '../../test/content-rig.ts';
import { pageWeb, textAbout, type PageWeb } from '../../test/page-web.ts';
import { lockPlanSubject } from '../deliveries/plan-subject.ts';
import { markPlanned } from './plan-again.ts';

let rig: ContentRig;
let site: PageWeb;
beforeAll(async () => {
  rig = await contentRig();
  site = pageWeb(rig);
});
beforeEach(() => rig.endTasks());
afterAll(() => rig.close());

let serial = 0;
/** Addresses of nobody else: of a stranger, of a page that is worth something, and of its twin. */
function addresses() {
  const n = serial++;
  return {
    evil: `https://evil.example/flip${n}`,
    victim: `https://victim-site.example/page${n}`,
    twin: `https://m.victim-site.example/page${n}`,
  };
}
const dragon = { about: 'dragon', pictures: ['https://evil.example/dragon.png'] };
const lighthouse = { about: 'lighthouse', pictures: ['https://victim-site.example/lighthouse.png'] };

const seen = (id: number) => rig.reads.get(id);
const keysOf = async (id: number) =>
  (await rig.rows<{ key: string }>('SELECT key FROM content_keys WHERE content_id = $1 ORDER BY key', id)).map(
    ({ key }) => key,
  );
/** Lets a day pass: what an address was seen to lead to is not believed any more. */
const laterOn = () =>
  rig.rows(`UPDATE content_keys SET believed_until = now() - interval '1 s' WHERE believed_until > now()`);

/** Has a content queued to be read again: its site may be slow, or away. */
const waitsToBeRead = (id: number) =>
  rig.transact((tx) => rig.contents.requeue(tx, id, { force: true, archive: { enabled: true, maxImages: 10 } }));

async function sentTo(contentId: number): Promise<string> {
  const id = uuidv7();
  await rig.rows(
    `INSERT INTO targets (id, key, kind, name, address) VALUES ($1::uuid, $1::text, 'webhook', 't', '{}')`,
    id,
  );
  await rig.rows(
    `INSERT INTO deliveries (id, content_id, target_id, state) VALUES ($1::uuid, $2, $3::uuid, 'sent')`,
    uuidv7(),
    contentId,
    id,
  );
  return id;
}
const ledgerOf = async (id: number) =>
  (
    await rig.rows<{ target: string }>(`SELECT target_id::text AS target FROM deliveries WHERE content_id = $1`, id)
  ).map(({ target }) => target);

describe('18: a page cannot take over what another address shows', () => {
  it('a redirect that changes, against a PULLED content: text, pictures, keys and ledger of both stay what they are', async () => {
    const { evil, victim } = addresses();
    site.put(evil, dragon);
    site.put(victim, lighthouse);
    const attacker = await site.keep(evil, ['evil']);
    const article = await site.keep(victim, ['good']);
    const target = await sentTo(attacker);
    for (const shows of [{ leadsTo: victim }, dragon, { leadsTo: victim }, dragon]) {
      site.put(evil, shows);
      await site.read(attacker, true);
      expect(await seen(article)).toMatchObject({
        id: article,
        canonicalUrl: victim,
        title: 'About lighthouse',
        bodyText: textAbout('lighthouse'),
        tags: ['good'],
        media: [{ originUrl: 'https://victim-site.example/lighthouse.png' }],
      });
      expect(await seen(attacker)).toMatchObject({ id: attacker, canonicalUrl: evil, title: 'About dragon' });
    }
    expect(await ledgerOf(article)).toEqual([]);
    expect(await ledgerOf(attacker)).toEqual([target]);
    expect([await keysOf(attacker), await keysOf(article)]).toEqual([[evil], [victim]]);
  });

  it('what was read before and now leads to something else says so, and keeps what it had', async () => {
    const { evil, victim } = addresses();
    site.put(evil, dragon);
    site.put(victim, lighthouse);
    const id = await site.keep(evil);
    site.put(evil, { leadsTo: victim });
    expect(await site.read(id, true)).toBeNull();
    expect(await seen(id)).toMatchObject({
      status: 'PULLED',
      bodyText: textAbout('dragon'),
      media: [{ originUrl: 'https://evil.example/dragon.png' }],
      lastErrorType: 'LeadsElsewhere',
    });
    expect((await seen(id))?.lastError).toContain(victim);
    // The page that it leads to is nobody's yet: whoever shares it gets a content of its own.
    const article = await site.keep(victim);
    expect(article).not.toBe(id);
    expect(await seen(article)).toMatchObject({ title: 'About lighthouse' });
  });

  it('squatting: what leads to an article that nobody has shared is that article, now and later', async () => {
    const { evil, victim } = addresses();
    site.put(victim, lighthouse);
    site.put(evil, { leadsTo: victim });
    const id = await site.keep(evil);
    expect(await seen(id)).toMatchObject({ canonicalUrl: victim, title: 'About lighthouse' });
    site.put(evil, dragon);
    await site.read(id, true);
    expect(await seen(id)).toMatchObject({ canonicalUrl: victim, title: 'About lighthouse' });
    expect(await site.share(victim)).toBe(id);
    expect(await seen(id)).toMatchObject({ bodyText: textAbout('lighthouse') });
  });

  it('squatting with a ledger: what was sent of another page never keeps an article from being sent', async () => {
    const { evil, victim } = addresses();
    site.put(evil, dragon);
    site.put(victim, lighthouse);
    const attacker = await site.keep(evil);
    await sentTo(attacker);
    site.put(evil, { leadsTo: victim });
    await site.read(attacker, true);
    const article = await site.keep(victim);
    expect(await seen(article)).toMatchObject({ canonicalUrl: victim, title: 'About lighthouse' });
    expect(await ledgerOf(article)).toEqual([]);
  });

  it('two pages that come to lead to each other stay two', async () => {
    const { evil, victim } = addresses();
    site.put(evil, dragon);
    site.put(victim, lighthouse);
    const [one, two] = [await site.keep(evil), await site.keep(victim)];
    for (let round = 0; round < 3; round++) {
      site.put(evil, { leadsTo: victim });
      await site.read(one, true);
      site.put(evil, dragon);
      site.put(victim, { leadsTo: evil });
      await site.read(two, true);
      site.put(victim, lighthouse);
    }
    expect(await seen(one)).toMatchObject({ id: one, title: 'About dragon' });
    expect(await seen(two)).toMatchObject({ id: two, title: 'About lighthouse' });
  });

  it('what leads to an address that cannot be its name (a home page, another platform, too long) keeps what was read', async () => {
    const { victim } = addresses();
    site.put(victim, lighthouse);
    const id = await site.keep(victim);
    const home = { title: 'Home', body_text: textAbout('news') };
    for (const more of [
      { elsewhere: 'https://victim-site.example/' },
      { learnt: web(`https://victim-site.example/${'x'.repeat(2_000)}`) },
    ])
      await expect(rig.transact((tx) => rig.contents.recordParse(tx, id, aParse(home, more)))).rejects.toMatchObject({
        name: 'LeadsElsewhere',
      });
    expect(await seen(id)).toMatchObject({ title: 'About lighthouse' });
  });
});

describe('18: two addresses of one page are still one content', () => {
  it('many short links, before and after their page, end as one content with every source', async () => {
    const { victim } = addresses();
    const links = [1, 2, 3, 4].map((n) => `https://t.example/${serial}-${n}`);
    for (const link of links) site.put(link, { leadsTo: victim });
    site.put(victim, lighthouse);
    const ids = [];
    for (const address of [links[0] ?? '', links[1] ?? '', victim, links[2] ?? '', links[3] ?? ''])
      ids.push(await site.keep(address, [address]));
    const [id = 0] = ids;
    expect(await Promise.all(ids.map((one) => rig.reads.idOf(one)))).toEqual(ids.map(() => id));
    const content = await seen(id);
    expect(content).toMatchObject({ canonicalUrl: victim, title: 'About lighthouse' });
    expect(content?.sources).toHaveLength(5);
    expect(content?.tags).toHaveLength(5);
  });

  it('a page that moved within its archive life is one content, and is sent to no target twice', async () => {
    const { victim, twin } = addresses();
    site.put(victim, lighthouse);
    site.put(twin, { ...lighthouse });
    const [one, two] = [await site.keep(victim), await site.keep(twin)];
    const target = await sentTo(one);
    site.put(victim, { leadsTo: twin });
    await site.read(one, true);
    expect(await rig.reads.idOf(one)).toBe(two);
    expect(await ledgerOf(two)).toEqual([target]);
  });

  it('a page that moved to an address that nobody has shared keeps its id, and is read there from now on', async () => {
    const { victim, twin } = addresses();
    site.put(victim, lighthouse);
    const id = await site.keep(victim);
    const target = await sentTo(id);
    site.put(victim, { leadsTo: twin });
    site.put(twin, { ...lighthouse });
    expect(await site.read(id, true)).toMatchObject({ outcome: 'recorded', contentId: id });
    site.put(victim, dragon);
    await site.read(id, true);
    expect(await seen(id)).toMatchObject({ id, canonicalUrl: twin, title: 'About lighthouse' });
    expect(await ledgerOf(id)).toEqual([target]);
  });

  it('a site that turns its redirect round is followed, whatever the page shows by then', async () => {
    const { victim, twin } = addresses();
    site.put(twin, { leadsTo: victim });
    site.put(victim, lighthouse);
    const id = await site.keep(twin);
    site.put(victim, { leadsTo: twin });
    site.put(twin, { about: 'harbour' });
    await site.read(id, true);
    expect(await seen(id)).toMatchObject({ id, canonicalUrl: twin, title: 'About harbour' });
    expect(await keysOf(id)).toEqual([twin, victim].sort());
  });

  it('the loser of a merge keeps its pictures, and its blobs with them, until retention purges it', async () => {
    const { victim, twin } = addresses();
    site.put(victim, lighthouse);
    site.put(twin, { ...lighthouse });
    const [one, two] = [await site.keep(victim), await site.keep(twin)];
    const sha = serial.toString(16).padStart(64, '0');
    await rig.rows(`INSERT INTO blobs (sha256, key, mime, size, state) VALUES ($1, $1, 'image/webp', 1, 'live')`, sha);
    await rig.rows(`UPDATE media SET status = 'stored', blob_sha256 = $1 WHERE content_id = $2`, sha, one);
    site.put(victim, { leadsTo: twin });
    await site.read(one, true);
    expect(await rig.reads.idOf(one)).toBe(two);
    expect(await rig.value('SELECT count(*)::int FROM media WHERE blob_sha256 = $1', sha)).toBe(1);
    expect(await rig.value('SELECT body_text FROM contents WHERE id = $1', one)).toBe(textAbout('lighthouse'));
  });
});

describe('18: what was learnt is asked again, and taken back', () => {
  it('an address that leads elsewhere by now makes its own content at its next share, and the other stays as it is', async () => {
    const { evil, victim } = addresses();
    site.put(victim, lighthouse);
    site.put(evil, { leadsTo: victim });
    const article = await site.keep(evil);
    site.put(evil, dragon);
    expect(await site.share(evil)).toBe(article);
    await laterOn();
    const own = await site.keep(evil);
    expect(own).not.toBe(article);
    expect(await seen(own)).toMatchObject({ id: own, canonicalUrl: evil, title: 'About dragon' });
    expect(await seen(article)).toMatchObject({ id: article, canonicalUrl: victim, title: 'About lighthouse' });
    expect([await keysOf(own), await keysOf(article)]).toEqual([[evil], [victim]]);
  });

  it('an address that still leads there joins its content again, with its share; one that is dead as well', async () => {
    const { evil: link, victim } = addresses();
    site.put(victim, lighthouse);
    site.put(link, { leadsTo: victim });
    const id = await site.keep(link);
    for (const shows of [{ leadsTo: victim }, null, { leadsTo: victim }]) {
      await laterOn();
      site.put(link, shows);
      const again = await site.keep(link, ['again']);
      expect(await rig.reads.idOf(again)).toBe(id);
    }
    const content = await seen(id);
    expect(content).toMatchObject({ id, title: 'About lighthouse', tags: ['again'], status: 'PULLED' });
    expect(content?.sources).toHaveLength(4);
    // However often it is asked: two rows, not five.
    expect(await rig.value('SELECT count(*)::int FROM contents WHERE merged_into = $1', id)).toBe(1);
    expect(await keysOf(id)).toEqual([link, victim].sort());
  });

  it('an address that leads to another spelling of the same page each time stays one content', async () => {
    const { evil: link, victim } = addresses();
    const ids: number[] = [];
    for (const session of [1, 2, 3]) {
      site.put(link, { leadsTo: `${victim}?s=${session}` });
      site.put(`${victim}?s=${session}`, lighthouse);
      ids.push(await site.keep(link));
      await laterOn();
    }
    expect(await Promise.all(ids.map((id) => rig.reads.idOf(id)))).toEqual(ids.map(() => ids[0]));
    expect(await seen(ids[0] ?? 0)).toMatchObject({ canonicalUrl: `${victim}?s=1`, title: 'About lighthouse' });
  });

  it('a content that was merged comes back with its text and pictures, and says so', async () => {
    const { victim, twin } = addresses();
    site.put(victim, lighthouse);
    site.put(twin, { ...lighthouse });
    const [one, two] = [await site.keep(victim), await site.keep(twin)];
    site.put(victim, { leadsTo: twin });
    await site.read(one, true);
    expect(await rig.reads.idOf(one)).toBe(two);
    await laterOn();
    expect(await site.share(victim)).toBe(one);
    expect(await seen(one)).toMatchObject({
      id: one,
      status: 'UNPROCESSED',
      bodyText: textAbout('lighthouse'),
      media: [{ originUrl: 'https://victim-site.example/lighthouse.png' }],
    });
    site.put(victim, { about: 'harbour' });
    await site.read(one);
    expect(await seen(one)).toMatchObject({ id: one, canonicalUrl: victim, title: 'About harbour' });
    expect(await seen(two)).toMatchObject({ id: two, canonicalUrl: twin, title: 'About lighthouse' });
    const types = await rig.rows(`SELECT payload FROM events WHERE content_id = $1 AND type = 'content.unmerged'`, one);
    expect(types).toEqual([{ payload: { from: two } }]);
  });

  it('a content that comes back with another page is planned as a new one; with the page that was sent of it, it is not', async () => {
    for (const [shows, asksAll] of [
      [dragon, true],
      [lighthouse, false],
    ] as const) {
      const { victim, twin } = addresses();
      site.put(victim, lighthouse);
      site.put(twin, { ...lighthouse });
      const [one, two] = [await site.keep(victim), await site.keep(twin)];
      await rig.rows('UPDATE contents SET planned_at = now() WHERE id = ANY ($1::int[])', [one, two]);
      await sentTo(one);
      site.put(victim, { leadsTo: twin });
      await site.read(one, true);
      expect(await ledgerOf(two)).toHaveLength(1);
      // By now the other is about something else, so that neither page is that of the one that comes back.
      site.put(twin, { about: 'harbour' });
      await site.read(two, true);
      await laterOn();
      site.put(victim, shows);
      expect(await site.keep(victim)).toBe(one);
      expect(await seen(one)).toMatchObject({ id: one, status: 'PULLED', title: `About ${shows.about}` });
      expect(await ledgerOf(one)).toEqual([]);
      const planned = await rig.value(
        'SELECT planned_at IS NULL AND plan_baseline IS NULL FROM contents WHERE id = $1',
        one,
      );
      expect(planned).toBe(asksAll);
    }
  });

  it.each(['a home page', 'a copy with a line of its own', 'a copy elsewhere'])(
    'what led to a content that is about to be read again, and leads to %s by now, joins it and writes nothing into it',
    async (place) => {
      const { evil, victim, twin: copy } = addresses();
      const forged = { about: 'lighthouse', also: 'Buy dragons here.', pictures: ['https://evil.example/dragon.png'] };
      site.put(victim, lighthouse);
      site.put(evil, { leadsTo: victim });
      const article = await site.keep(evil);
      await waitsToBeRead(article);
      const home = `https://evil${serial}.example/`;
      site.put(home, dragon);
      site.put(copy, forged);
      site.put(
        evil,
        place === 'a home page' ? { leadsTo: home } : place === 'a copy elsewhere' ? { leadsTo: copy } : forged,
      );
      await laterOn();
      const id = await site.share(evil);
      site.put(victim, { ...lighthouse, also: 'Mended.' });
      expect(await site.read(id)).toEqual({ outcome: 'merged', contentId: article });
      expect(await seen(article)).toMatchObject({
        canonicalUrl: victim,
        status: 'UNPROCESSED',
        bodyText: textAbout('lighthouse'),
        media: [{ originUrl: lighthouse.pictures[0] }],
      });
      await site.read(article);
      expect(await seen(article)).toMatchObject({ status: 'PULLED', bodyText: expect.stringMatching(/Mended/) });
    },
  );

  it('a link to what led to a content that is about to be read again writes nothing into that content', async () => {
    const { evil, victim, twin: link } = addresses();
    site.put(victim, lighthouse);
    site.put(evil, { leadsTo: victim });
    const article = await site.keep(evil);
    await waitsToBeRead(article);
    site.put(evil, { about: 'lighthouse', also: 'Buy dragons here.' });
    site.put(link, { leadsTo: evil });
    await site.keep(link);
    expect(await seen(article)).toMatchObject({ canonicalUrl: victim, bodyText: textAbout('lighthouse') });
  });

  it.each([
    ['at its next share', 'another page', true],
    ['at its next share', 'another address, with another page', true],
    ['at its next share', 'what it showed before', false],
    ['by a link to it', 'another page', true],
    ['by a link to it', 'what it showed before', false],
  ])('a content that was merged, and comes back %s with %s, is planned as a new one: %s', async (how, shows, isNew) => {
    const { evil: link, victim, twin } = addresses();
    site.put(victim, lighthouse);
    site.put(twin, { ...lighthouse });
    const [one, two] = [await site.keep(victim), await site.keep(twin)];
    await rig.transact((tx) => markPlanned(tx, one));
    site.put(victim, { leadsTo: twin });
    await site.read(one, true);
    expect(await rig.reads.idOf(one)).toBe(two);
    site.put(twin, { about: 'harbour' });
    await site.read(two, true);
    await laterOn();
    const other = { about: 'dragon' };
    site.put(`${victim}/moved`, other);
    if (shows === 'another page') site.put(victim, other);
    else site.put(victim, shows === 'what it showed before' ? lighthouse : { leadsTo: `${victim}/moved` });
    site.put(link, { leadsTo: victim });
    await site.keep(how === 'by a link to it' ? link : victim);
    expect(await seen(one)).toMatchObject({ id: one, status: 'PULLED', mergedInto: null });
    const subject = await rig.transact((tx) => lockPlanSubject(tx, one));
    expect(subject?.before ?? null).toEqual(isNew ? null : expect.objectContaining({ title: 'About lighthouse' }));
  });

  it('an address that answers for itself is taken back from whom it led to, also when a parse finds it so', async () => {
    const { evil, victim, twin: link } = addresses();
    site.put(victim, lighthouse);
    site.put(evil, { leadsTo: victim });
    const article = await site.keep(evil);
    site.put(evil, dragon);
    site.put(link, { leadsTo: evil });
    const own = await site.keep(link);
    expect(own).not.toBe(article);
    expect(await seen(own)).toMatchObject({ id: own, canonicalUrl: evil, title: 'About dragon' });
    expect(await site.share(evil)).toBe(own);
    expect(await keysOf(article)).toEqual([victim]);
  });

  it('what an older release has learnt is asked again: a squatted address is free, a true one is one content still', async () => {
    for (const shows of [dragon, lighthouse]) {
      const { evil, victim } = addresses();
      site.put(victim, lighthouse);
      site.put(evil, shows);
      const old = await site.keep(evil);
      const target = await sentTo(old);
      await rig.rows('INSERT INTO content_keys (platform, key, content_id) VALUES ($1, $2, $3)', 'web', victim, old);
      const shared = await site.keep(victim);
      const article = await seen(shared);
      expect(article).toMatchObject({ canonicalUrl: victim, title: 'About lighthouse' });
      if (shows === dragon) {
        expect(await seen(old)).toMatchObject({ id: old, canonicalUrl: evil, title: 'About dragon' });
        expect(await ledgerOf(shared)).toEqual([]);
      } else {
        expect(article?.id).toBe(old);
        expect(await ledgerOf(old)).toEqual([target]);
        expect(await keysOf(old)).toEqual([evil, victim].sort());
      }
    }
  });
});

describe('18: all of it at once', () => {
  it('readings that claim each other, and shares of what they claim, end with each address at one living content', async () => {
    for (let round = 0; round < 12; round++) {
      const { evil, victim, twin } = addresses();
      const all = [evil, victim, twin];
      site.put(victim, lighthouse);
      site.put(evil, { leadsTo: victim });
      site.put(twin, { leadsTo: evil });
      const ids = await Promise.all(all.map((address) => site.share(address)));
      const learn = (from: number, to: string) =>
        rig.transact((tx) =>
          rig.contents.recordParse(
            tx,
            ids[from] ?? 0,
            aParse({ body_text: textAbout('lighthouse') }, { learnt: web(to) }),
          ),
        );
      // Each believes another one, in a circle, while all of them are shared.
      await Promise.all([
        learn(0, victim),
        learn(1, twin),
        learn(2, evil),
        ...all.map((address) => rig.share({ canonical: web(address) })),
      ]);
      const owners = await Promise.all(
        all.map(async (address) => (await rig.share({ canonical: web(address) })).contentId),
      );
      for (const [index, owner] of owners.entries()) {
        expect(await rig.reads.idOf(owner)).toBe(owner);
        expect(await keysOf(owner)).toContain(all[index]);
      }
      expect(
        await rig.rows(
          'SELECT id FROM contents WHERE merged_into IN (SELECT id FROM contents WHERE merged_into IS NOT NULL)',
        ),
      ).toEqual([]);
      await rig.endTasks();
    }
  });

  it('shares of an address that is not believed any more, at once, make one content', async () => {
    for (let round = 0; round < 8; round++) {
      const { evil: link, victim } = addresses();
      site.put(victim, lighthouse);
      site.put(link, { leadsTo: victim });
      const id = await site.keep(link);
      await laterOn();
      const again = await Promise.all([1, 2, 3, 4].map(() => site.share(link)));
      expect(new Set(again).size).toBe(1);
      await Promise.all([site.read(again[0] ?? 0), site.share(link), site.share(victim), site.read(id, true)]);
      await site.read(again[0] ?? 0);
      expect(await rig.reads.idOf(again[0] ?? 0)).toBe(id);
      expect((await seen(id))?.sources).toHaveLength(7);
      await laterOn();
      // Now the row of the link is there, and is what comes back.
      expect(new Set(await Promise.all([1, 2, 3].map(() => site.share(link))))).toEqual(new Set([again[0]]));
    }
  });
});
