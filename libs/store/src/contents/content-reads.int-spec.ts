import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { contentsQuerySchema, InvalidInput, type ContentsQuery } from '@vaultstream/contracts';
import { aParse, contentRig, images, web, type ContentRig } from '../../test/content-rig.ts';
import { SearchTexts } from '../upkeep/search-texts.ts';
import { contentsOrder, contentsWhere, listedColumns } from './content-query.ts';
import { toContentCard, toContentView } from './content-views.ts';

let rig: ContentRig;
beforeAll(async () => {
  rig = await contentRig();
});
afterAll(() => rig.close());

const query = (more: object = {}): ContentsQuery => contentsQuerySchema.parse(more);
const ids = async (more: object = {}) => (await rig.reads.list(query(more))).items.map((row) => row.id);
const urlFor = async (key: string) => `signed:${key}`;

describe('the list', () => {
  it('pages by keyset without loss or doubles while rows are inserted, in both orders', async () => {
    for (let index = 0; index < 25; index++) {
      const published_at = index % 5 === 0 ? null : new Date(Date.UTC(2020, 0, 1 + (index % 7)));
      await rig.pulled(`https://page.example/${index}`, aParse({ published_at, site_name: 'pages' }));
    }
    for (const sort of ['created_at', 'published_at'] as const) {
      const base = { sort, q: 'pages', limit: 4 };
      const expected = await ids({ ...base, limit: 100 });
      const seen: number[] = [];
      let cursor: string | null = null;
      do {
        const page: Awaited<ReturnType<typeof rig.reads.list>> = await rig.reads.list(
          query({ ...base, ...(cursor === null ? {} : { cursor }) }),
        );
        seen.push(...page.items.map((row) => row.id));
        cursor = page.next_cursor;
        const late = new Date(Date.UTC(2030, 0, 1));
        await rig.pulled(
          `https://page.example/late/${sort}/${seen.length}`,
          aParse({ published_at: late, site_name: 'pages' }),
        );
      } while (cursor !== null);
      expect(seen).toEqual(expected);
    }
  });

  it('published_at: newest first, those without a date last, then by id', async () => {
    const make = (name: string, at: string | null) =>
      rig.pulled(
        `https://sort.example/${name}`,
        aParse({ published_at: at === null ? null : new Date(at), site_name: 'sorting' }),
      );
    const none = await make('none', null);
    const old = await make('old', '2001-01-01T00:00:00Z');
    const twin = await make('twin', '2001-01-01T00:00:00Z');
    const fresh = await make('fresh', '2025-01-01T00:00:00Z');
    expect(await ids({ q: 'sorting', sort: 'published_at' })).toEqual([fresh, twin, old, none]);
    const period = {
      q: 'sorting',
      sort: 'published_at',
      since: '2001-01-01T00:00:00Z',
      until: '2025-01-01T01:00:00+01:00',
    };
    expect(await ids(period)).toEqual([twin, old]);
    expect(await ids({ q: 'sorting', sort: 'published_at', until: '2024-01-01T00:00:00Z' })).toEqual([twin, old]);
  });

  it('takes any time that RFC 3339 can say', async () => {
    const id = await rig.pulled('https://times.example/', aParse({ site_name: 'timely' }));
    const early = ['0000-01-01T00:00:00Z', '0001-01-01T00:00:00+05:00'];
    const late = ['9999-12-31T23:59:59.999-23:00', '9999-12-31T23:59:59Z'];
    for (const since of early) for (const until of late) expect(await ids({ q: 'timely', since, until })).toEqual([id]);
    for (const since of late) expect(await ids({ q: 'timely', since })).toEqual([]);
  });

  it('combines every filter', async () => {
    const { contentId } = await rig.share({
      canonical: web('https://filter.example/'),
      tags: ['red', 'blue'],
      source: 'cli',
      isNsfw: true,
    });
    const author = { id: null, name: 'Ann', url: null, avatar_url: null };
    await rig.transact((tx) => rig.contents.recordParse(tx, contentId, aParse({ author, title: 'Quick fox' })));
    const all = {
      status: 'PULLED',
      platform: 'web',
      tag: ['red', 'blue'],
      author: 'Ann',
      source: 'cli',
      is_nsfw: 'true',
    };
    const period = { since: '2020-01-01T00:00:00Z', until: '2100-01-01T00:00:00Z' };
    expect(await ids({ ...all, ...period, q: 'fox quick' })).toEqual([contentId]);
    const misses = [
      { status: 'FAILED' },
      { platform: 'other' },
      { tag: ['red', 'green'] },
      { author: 'ann' },
      { source: 'bot' },
      { is_nsfw: 'false' },
      { since: '2100-01-01T00:00:00Z' },
      { until: '2020-01-01T00:00:00Z' },
      { q: 'fox slow' },
    ];
    for (const miss of misses) expect(await ids({ ...all, ...period, q: 'fox', ...miss })).toEqual([]);
    expect(await ids({ tag: 'red' })).toEqual([contentId]);
  });

  it('q takes %, _ and backslashes as they stand, and folds case and width', async () => {
    const make = (title: string) => rig.pulled(`https://q.example/${encodeURIComponent(title)}`, aParse({ title }));
    const percent = await make('save 100% now');
    const plain = await make('save 1000 now');
    const under = await make('snake_case name');
    const slash = await make('C:\\temp and more');
    const wide = await make('Ｆｕｌｌ width ÄÖ İstanbul');
    expect(await ids({ q: '100%' })).toEqual([percent]);
    expect(await ids({ q: '100' })).toEqual([plain, percent]);
    expect(await ids({ q: 'snake_case' })).toEqual([under]);
    expect(await ids({ q: 'snakexcase' })).toEqual([]);
    expect(await ids({ q: 'c:\\TEMP' })).toEqual([slash]);
    expect(await ids({ q: '\\' })).toEqual([slash]);
    expect(await ids({ q: 'full äö' })).toEqual([wide]);
    expect(await ids({ q: 'İSTANBUL' })).toEqual([wide]);
    expect(await ids({ q: `'; DROP TABLE contents; --` })).toEqual([]);
  });

  it('q folds case, width and Latin accents, in what is stored and in what is asked', async () => {
    const body_text = 'Un café à Łódź: naïve Straße, ｶﾞｰﾃﾞﾝ, 灯塔';
    const id = await rig.pulled(
      'https://fold.example/',
      aParse({ title: 'Ｆｏｌｄｅｄ Ærø', tags: ['Señor'], body_text }),
    );
    const found = [
      'cafe lodz',
      'CAFÉ ŁÓDŹ',
      'cafe\u0301',
      'ｃａｆｅ',
      'naive STRASSE',
      'straße',
      'ガーデン',
      '灯塔',
      'folded aero',
      'ÆRØ',
      'senor',
    ];
    for (const q of found) expect({ q, ids: await ids({ q }) }).toEqual({ q, ids: [id] });
    for (const q of ['カーテン', 'cafes']) expect({ q, ids: await ids({ q }) }).toEqual({ q, ids: [] });
  });

  it('q finds what an older release has stored by the same spelling at once, and by every other when its text is made anew', async () => {
    const id = await rig.pulled('https://older.example/', aParse({ title: 'Déjà vu', body_text: 'Rückblick' }));
    const other = await rig.pulled('https://older.example/held', aParse({ title: 'Déjà lu' }));
    const age = `UPDATE contents SET search_text = $2, search_hash = encode(sha256('x'), 'hex') WHERE id = $1`;
    await rig.rows(age, id, 'déjà vu\nrückblick');
    await rig.rows(age, other, 'déjà lu');
    expect(await ids({ q: 'DÉJÀ' })).toEqual([other, id]);
    expect(await ids({ q: 'deja' })).toEqual([]);
    const texts = new SearchTexts(rig.db);
    const before = await rig.rows('SELECT updated_at FROM contents WHERE id = $1', id);
    // One that somebody is writing is left for the next run, and nobody waits.
    await rig.transact(async (tx) => {
      await rig.contents.lock(tx, other);
      expect(await texts.refill()).toEqual({ made: 1, finished: true });
    });
    expect(await ids({ q: 'deja' })).toEqual([id]);
    expect(await texts.refill()).toEqual({ made: 1, finished: true });
    for (const q of ['deja', 'Déjà', 'déjà']) expect(await ids({ q })).toEqual([other, id]);
    expect(await ids({ q: 'ruckblick' })).toEqual([id]);
    expect(await rig.rows('SELECT updated_at FROM contents WHERE id = $1', id)).toEqual(before);
    expect(await texts.refill()).toEqual({ made: 0, finished: true });
  });

  it('relevance: all words in the title, then in title, author or tags, then anywhere; each the newest first', async () => {
    const author = { id: null, name: 'Ada Quartz', url: null, avatar_url: null };
    const make = (name: string, more: Parameters<typeof aParse>[0]) =>
      rig.pulled(`https://rank.example/${name}`, aParse({ title: 'Other', ...more }));
    const text = await make('text', { body_text: 'Quártz and onyx' });
    const title = await make('title', { title: 'QUARTZ, onyx' });
    const tagged = await make('tagged', { title: 'Onyx', tags: ['quartz'] });
    const authored = await make('authored', { author, description: 'onyx' });
    const newer = await make('newer', { title: 'Onyx, then quartz', body_text: null });
    const latest = await make('latest', { description: 'quartz', site_name: 'Onyx' });
    const order = [newer, title, tagged, latest, authored, text];
    expect(await ids({ q: 'quartz onyx', sort: 'relevance' })).toEqual(order);
    expect(await ids({ q: 'QUÁRTZ onyx onyx', sort: 'relevance' })).toEqual(order);
    expect(await ids({ q: 'quartz onyx' })).toEqual([...order].sort((a, b) => b - a));
    // One word: the author is as good as a tag.
    expect(await ids({ q: 'quartz', sort: 'relevance' })).toEqual([newer, title, authored, tagged, latest, text]);
    for (const limit of [1, 2, 4]) {
      const seen: number[] = [];
      let cursor: string | null = null;
      do {
        const page: Awaited<ReturnType<typeof rig.reads.list>> = await rig.reads.list(
          query({ q: 'quartz onyx', sort: 'relevance', limit, ...(cursor === null ? {} : { cursor }) }),
        );
        seen.push(...page.items.map((row) => row.id));
        cursor = page.next_cursor;
      } while (cursor !== null);
      expect(seen).toEqual(order);
    }
    const { next_cursor } = await rig.reads.list(query({ q: 'quartz', sort: 'relevance', limit: 1 }));
    await expect(rig.reads.list(query({ q: 'quartz', cursor: next_cursor }))).rejects.toThrow(InvalidInput);
    // What an older release has stored comes last until its text is made anew.
    await rig.rows(`UPDATE contents SET search_text = 'quartz, onyx', search_hash = 'x' WHERE id = $1`, title);
    expect((await ids({ q: 'quartz onyx', sort: 'relevance' })).indexOf(title)).toBeGreaterThan(1);
    await new SearchTexts(rig.db).refill();
    expect(await ids({ q: 'quartz onyx', sort: 'relevance' })).toEqual(order);
  });

  it('q with accents is served by the index of words, in every order', async () => {
    await rig.rows(`
      INSERT INTO contents (platform, content_type, url, canonical_url, status, title, search_text, search_hash)
      SELECT 'web', 'page', 'https://bulk.example/' || n, 'https://bulk.example/' || n, 'PULLED', 'Title ' || n,
        'title ' || n || E'\\x1enews\\x1e' || md5(n::text) || CASE WHEN n % 1000 = 7 THEN ' leuchttürme leuchtturme' ELSE '' END, 'v2:x'
      FROM generate_series(1, 20000) AS n`);
    await rig.rows('VACUUM ANALYZE contents');
    for (const sort of ['created_at', 'published_at', 'relevance']) {
      const asked = query({ q: 'Leuchttürme', sort });
      const rows = await rig.db.client.$queryRaw<Record<string, string>[]>`
        EXPLAIN SELECT ${listedColumns(asked)} FROM contents c WHERE ${contentsWhere(asked)} ORDER BY ${contentsOrder(asked)} LIMIT 21`;
      const plan = rows.flatMap((row) => Object.values(row)).join('\n');
      expect({ sort, plan }).toEqual({
        sort,
        plan: expect.stringContaining('Index Scan on contents_search_text_trgm'),
      });
      expect(await ids({ q: 'Leuchttürme', sort })).toHaveLength(20);
    }
    await rig.rows(`DELETE FROM contents WHERE url LIKE 'https://bulk.example/%'`);
    await rig.rows('ANALYZE contents');
  }, 60_000);

  it('search texts are made anew in many short transactions; a run that ends early goes on', async () => {
    const texts = new SearchTexts(rig.db);
    await rig.rows(`
      INSERT INTO contents (platform, content_type, url, canonical_url, status, title, search_text)
      SELECT 'web', 'page', 'https://many.example/' || n, 'https://many.example/' || n, 'PULLED', 'Čtvrtek', 'čtvrtek' FROM generate_series(1, 120) AS n`);
    const first = await texts.refill(undefined, 0);
    expect(first).toEqual({ made: 50, finished: false });
    const stop = AbortSignal.abort(new Error('stop'));
    await expect(texts.refill(stop)).rejects.toThrow('stop');
    expect(await texts.refill()).toEqual({ made: 70, finished: true });
    expect(await ids({ q: 'ctvrtek', limit: 100 })).toHaveLength(100);
    await rig.rows(`DELETE FROM contents WHERE url LIKE 'https://many.example/%'`);
  });

  it('A10: refuses a forged cursor and one of another order, naming the field', async () => {
    const page = await rig.reads.list(query({ limit: 1 }));
    const cursors = [
      'x',
      '%00',
      Buffer.from('[]').toString('base64url'),
      Buffer.from('["contents.created_at","now()",1]').toString('base64url'),
      Buffer.from('["contents.created_at","2020-01-01T00:00:00Z","1 OR 1=1"]').toString('base64url'),
      Buffer.from('["contents.created_at","2020-01-01T00:00:00Z",1e99]').toString('base64url'),
      Buffer.from('["contents.created_at","0000-01-01T00:00:00Z",1]').toString('base64url'),
      Buffer.from('{"a":1}').toString('base64url'),
    ];
    for (const cursor of cursors) await expect(rig.reads.list(query({ cursor }))).rejects.toThrow(InvalidInput);
    const other = query({ cursor: page.next_cursor, sort: 'published_at' });
    await expect(rig.reads.list(other)).rejects.toMatchObject({ issues: [{ path: 'query.cursor' }] });
  });

  it('hides deleted and merged contents', async () => {
    const [gone, one, two] = [
      await rig.pulled('https://hide.example/1', aParse({ site_name: 'hiding' })),
      await rig.pulled('https://hide.example/2', aParse({ site_name: 'hiding' })),
      await rig.pulled('https://hide.example/3', aParse({ site_name: 'hiding' })),
    ];
    await rig.transact((tx) => rig.contents.softDelete(tx, gone));
    await rig.transact((tx) => rig.contents.merge(tx, one, two));
    expect(await ids({ q: 'hiding' })).toEqual([one]);
  });
});

describe('details', () => {
  const sha = 'cd'.repeat(32);
  const original = 'ef'.repeat(32);
  const thumb = '12'.repeat(32);
  let id = 0;

  beforeAll(async () => {
    id = await rig.pulled(
      'https://detail.example/',
      aParse({
        media: [
          ...images('https://i.example/a.png', 'https://i.example/b.png'),
          { kind: 'image', role: 'cover', url: 'https://i.example/c.png' },
        ],
        tags: ['detail'],
      }),
    );
    for (const hash of [sha, thumb])
      await rig.rows(
        `INSERT INTO blobs (sha256, key, mime, size, width, height, state) VALUES ($1, 'blobs/' || $1, 'image/webp', 5000000000, 4, 3, 'live')`,
        hash,
      );
    await rig.rows(
      `INSERT INTO blob_variants (original_sha256, preset, blob_sha256) VALUES ($1, 'archive.v1', $2), ($1, 'thumb.v1', $3)`,
      original,
      sha,
      thumb,
    );
    const media = await rig.value<string>(`SELECT id::text FROM media WHERE origin_url = 'https://i.example/c.png'`);
    await rig.transact((tx) => rig.media.stored(tx, media, { sha256: sha, originalSha256: original }));
    await rig.share({
      canonical: web('https://detail.example/'),
      clientContext: { app: { version: 2 } },
      note: 'second',
    });
  });

  it('44: come in two statements, whatever belongs to them', async () => {
    const statements: string[] = [];
    const { client } = rig.db;
    const original = client.$queryRaw.bind(client);
    const spy = jest.spyOn(client, '$queryRaw').mockImplementation(((sql: never, ...values: never[]) => {
      statements.push(String(sql));
      return original(sql, ...values);
    }) as typeof client.$queryRaw);
    await rig.reads.get(id);
    expect(statements).toHaveLength(2);
    await rig.reads.list(query({ limit: 100 }));
    expect(statements).toHaveLength(4);
    spy.mockRestore();
  });

  it('are mapped to the words of the API', async () => {
    const row = await rig.reads.get(id);
    if (!row) throw new Error('not found');
    const view = await toContentView(row, urlFor);
    expect(view.cover).toMatchObject({
      origin_url: 'https://i.example/c.png',
      stored_key: `blobs/${sha}`,
      stored_url: `signed:blobs/${sha}`,
      sha256: sha,
      mime: 'image/webp',
      size: 5_000_000_000,
      width: 4,
      height: 3,
      variants: { thumb: `signed:blobs/${thumb}` },
    });
    expect(view.media.map(({ position, status }) => [position, status])).toEqual([
      [0, 'pending'],
      [1, 'pending'],
      [2, 'stored'],
    ]);
    expect(view.sources).toMatchObject([{ note: null }, { note: 'second', client_context: { app: { version: 2 } } }]);
    expect(Date.parse(view.sources[0]?.created_at ?? '')).toBeGreaterThan(Date.parse('2026-01-01'));
    const [card] = (await rig.reads.list(query({ tag: 'detail' }))).items;
    if (!card) throw new Error('not listed');
    const { body_text, sources, last_error_detail, raw_metadata, ...rest } = view;
    expect(await toContentCard(card, urlFor)).toEqual(rest);
    expect([body_text, sources.length, last_error_detail, raw_metadata]).toEqual(['Some text.', 2, null, {}]);
  });

  it('of many ids come in their order, survivors once', async () => {
    const [a, b, c] = [
      await rig.pulled('https://many.example/a'),
      await rig.pulled('https://many.example/b'),
      await rig.pulled('https://many.example/c'),
    ];
    await rig.transact((tx) => rig.contents.merge(tx, a, b));
    const rows = await rig.reads.getMany([c, b, 2_000_000_000, a]);
    expect(rows.map((row) => row.id)).toEqual([c, a]);
    expect(await rig.reads.getMany([])).toEqual([]);
  });

  it('tags are counted over PULLED contents, the most frequent first', async () => {
    for (const [index, tags] of [['k1', 'k2'], ['k1']].entries())
      await rig.pulled(`https://count.example/${index}`, aParse({ tags }));
    await rig.share({ canonical: web('https://count.example/unread'), tags: ['k1'] });
    const counts = await rig.reads.tags();
    expect(counts.filter(({ name }) => /^k\d$/.test(name))).toEqual([
      { name: 'k1', count: 2 },
      { name: 'k2', count: 1 },
    ]);
  });
});
