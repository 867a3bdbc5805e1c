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

  it('an older short link trades names with the younger content that it takes in', async () => {
    const { short, long } = pair();
    const [older, younger] = [await share(short), await share(long)];
    await parse(younger, null);
    await parse(older, long);
    expect(await rig.reads.get(younger)).toMatchObject({ id: older, canonicalUrl: long.url });
    expect(
      await rig.rows('SELECT id, canonical_url AS name FROM contents WHERE id IN ($1, $2) ORDER BY id', older, younger),
    ).toEqual([
      { id: older, name: long.url },
      { id: younger, name: short.url },
    ]);
    for (const canonical of [short, long])
      expect(await rig.share({ canonical })).toMatchObject({
        contentId: older,
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

  it('what a page of the web says of itself is a further key, not a name', async () => {
    const [shared, claimed] = [web(`https://a.example/${serial++}`), web(`https://b.example/${serial++}`)];
    const id = await share(shared);
    await parse(id, claimed);
    expect(await nameOf(id)).toBe(shared.url);
    expect(await rig.share({ canonical: claimed })).toMatchObject({ contentId: id });
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
      expect(new Set(ids)).toEqual(new Set([first]));
      expect(await nameOf(second)).toBe(long.url);
    }
  });
});
