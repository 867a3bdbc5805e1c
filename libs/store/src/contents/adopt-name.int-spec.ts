import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { Canonical } from '@vaultstream/contracts';
import { aParse, contentRig, web, type ContentRig } from '../../test/content-rig.ts';

let rig: ContentRig;
beforeAll(async () => {
  rig = await contentRig();
});
beforeEach(() => rig.endTasks());
afterAll(() => rig.close());

let serial = 0;
/** A short link, which names nothing, and what it leads to, which has an id. */
function pair(): { short: Canonical; long: Canonical } {
  const id = `V${serial++}`;
  const address = (url: string, platformId: string | null) => ({
    platform: 'film',
    url,
    platformId,
    contentType: null,
  });
  return { short: address(`https://s.example/${id}`, null), long: address(`https://films.example/${id}`, id) };
}
const share = async (canonical: Canonical) => (await rig.share({ canonical })).contentId;
const parse = (id: number, learnt: Canonical | null) =>
  rig.transact((tx) =>
    rig.contents.recordParse(tx, id, aParse({ platform_id: learnt?.platformId ?? null }, { learnt })),
  );
const nameOf = async (id: number) => (await rig.reads.get(id))?.canonicalUrl;

describe('2: a content is called by the address that names it', () => {
  it('a short link that came first ends with the address it leads to, and both are known', async () => {
    const { short, long } = pair();
    const id = await share(short);
    expect(await nameOf(id)).toBe(short.url);
    await parse(id, long);
    expect(await rig.reads.get(id)).toMatchObject({
      canonicalUrl: long.url,
      platformId: long.platformId,
      url: short.url,
    });
    for (const canonical of [short, long])
      expect(await rig.share({ canonical })).toMatchObject({ contentId: id, created: false, canonicalUrl: long.url });
    await parse(id, null);
    expect(await nameOf(id)).toBe(long.url);
  });

  it('an older short link joins the younger content whose address it leads to', async () => {
    const { short, long } = pair();
    const [older, younger] = [await share(short), await share(long)];
    await parse(younger, null);
    expect(await parse(older, long)).toMatchObject({ outcome: 'merged', contentId: younger });
    expect(await rig.reads.get(older)).toMatchObject({ id: younger, canonicalUrl: long.url });
    for (const canonical of [short, long])
      expect(await rig.share({ canonical })).toMatchObject({
        contentId: younger,
        created: false,
        canonicalUrl: long.url,
      });
  });

  it('a younger short link leaves the name of the older content alone', async () => {
    const { short, long } = pair();
    const [older, younger] = [await share(long), await share(short)];
    expect(await parse(younger, long)).toMatchObject({ outcome: 'recorded', contentId: older });
    expect(await nameOf(younger)).toBe(long.url);
    expect(await rig.share({ canonical: short })).toMatchObject({ contentId: older });
  });

  it('contents of an older release, which kept their short link, are renamed by the next parse or merge', async () => {
    const { short, long } = pair();
    const id = await share(short);
    const keyed = () =>
      rig.rows('INSERT INTO content_keys (platform, key, content_id) VALUES ($1, $2, $3)', 'film', long.url, id);
    await keyed();
    await parse(id, null);
    expect(await nameOf(id)).toBe(short.url);
    const other = await share({ ...short, url: `${short.url}-again` });
    expect(await parse(other, long)).toMatchObject({ outcome: 'merged', contentId: id });
    expect(await nameOf(id)).toBe(long.url);
  });

  it('what a page of the web led to at its first reading is its name, and is what is read from then on', async () => {
    const [shared, answered] = [web(`https://a.example/${serial++}`), web(`https://b.example/${serial++}`)];
    const id = await share(shared);
    await parse(id, answered);
    expect(await nameOf(id)).toBe(answered.url);
    for (const canonical of [shared, answered]) expect(await rig.share({ canonical })).toMatchObject({ contentId: id });
    await rig.rows(`UPDATE contents SET status = 'UNPROCESSED' WHERE id = $1`, id);
    expect(await rig.transact((tx) => rig.contents.beginParse(tx, id))).toMatchObject({
      canonical: { url: answered.url },
    });
  });

  it('two short links and their address, shared and parsed at once, end as one content with that address', async () => {
    for (let round = 0; round < 8; round++) {
      const { short, long } = pair();
      const twin = { ...short, url: `${short.url}-twin` };
      const [first, second] = [await share(short), await share(twin)];
      await Promise.all([parse(first, long), parse(second, long), share(long), share(long)]);
      // A parse may have found its content merged meanwhile; whoever is left is asked again, as its task would be.
      await parse(first, long);
      await parse(second, long);
      const ids = await Promise.all([short, twin, long].map(share));
      expect(new Set(ids).size).toBe(1);
      expect(await nameOf(first)).toBe(long.url);
      expect(await nameOf(second)).toBe(long.url);
    }
  });
});
