import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { ParsedContent } from '@vaultstream/contracts';
import { aParse, contentRig, images, web, type ContentRig } from '../../test/content-rig.ts';

let rig: ContentRig;
beforeAll(async () => {
  rig = await contentRig();
});
beforeEach(() => rig.endTasks());
afterAll(() => rig.close());

const record = (id: number, parsed: Partial<ParsedContent> = {}, more = {}) =>
  rig.transact((tx) => rig.contents.recordParse(tx, id, aParse(parsed, more)));
const mediaOf = (id: number) =>
  rig.rows<{ origin_url: string; status: string }>(
    'SELECT origin_url, role, status, error, position FROM media WHERE content_id = $1 ORDER BY position',
    id,
  );
const sha = 'ab'.repeat(32);
const store = async (id: number, url: string) => {
  await rig.rows(
    `INSERT INTO blobs (sha256, key, mime, size, width, height, state) VALUES ($1, $2, 'image/webp', 10, 4, 3, 'live') ON CONFLICT DO NOTHING`,
    sha,
    `blobs/sha256/ab/ab/${sha}.webp`,
  );
  const mediaId = await rig.value<string>(
    'SELECT id::text FROM media WHERE content_id = $1 AND origin_url = $2',
    id,
    url,
  );
  await rig.transact((tx) => rig.media.stored(tx, mediaId, { sha256: sha, originalSha256: sha }));
};

describe('parsing', () => {
  it('7: PROCESSING first, then PULLED with all fields; last_error* cleared, failure_count kept', async () => {
    const { contentId: id } = await rig.share({ canonical: web('https://parse.example/'), tags: ['mine'] });
    const failure = { errorType: 'NotFound', message: 'gone', stack: 'at x', attempts: [] };
    await rig.transact((tx) => rig.contents.recordFailure(tx, id, failure));
    await rig.share({ canonical: web('https://parse.example/') });
    const job = await rig.transact((tx) => rig.contents.beginParse(tx, id));
    expect(job).toMatchObject({ contentId: id, canonical: { platform: 'web', url: 'https://parse.example/' } });
    expect(await rig.reads.get(id)).toMatchObject({ status: 'PROCESSING', lastError: 'gone' });
    const at = new Date('2024-05-06T07:08:09.123Z');
    await record(id, {
      title: 'Ｔitle',
      description: 'Desc',
      body_text: 'Body',
      author: { id: 'a1', name: 'Ann', url: 'https://parse.example/ann', avatar_url: null },
      site_name: 'Site',
      published_at: at,
      tags: ['page', 'mine'],
      stats: { view: 3 },
      raw_metadata: { og: { a: [1, 'x'] } },
    });
    const content = await rig.reads.get(id);
    expect(content).toMatchObject({
      status: 'PULLED',
      title: 'Ｔitle',
      bodyText: 'Body',
      authorName: 'Ann',
      siteName: 'Site',
      publishedAt: at,
      tags: ['mine', 'page'],
      stats: { view: 3 },
      rawMetadata: { og: { a: [1, 'x'] } },
      failureCount: 1,
      lastError: null,
      lastErrorType: null,
      lastErrorDetail: null,
      lastErrorAt: null,
      parseGeneration: 1,
      archiveStatus: 'none',
    });
    expect(await rig.value('SELECT search_text FROM contents WHERE id = $1', id)).toBe(
      'title\u001eann\nmine\npage\u001edesc\nsite\nbody',
    );
    const types = await rig.rows<{ type: string }>('SELECT type FROM events WHERE content_id = $1 ORDER BY id', id);
    expect(types.map(({ type }) => type)).toEqual([
      'content.created',
      'content.failed',
      'content.shared',
      'content.requeued',
      'content.processing',
      'content.pulled',
      'content.settled',
    ]);
  });

  it('12, 13: FAILED with message, type, detail and time; each final failure counts once', async () => {
    const { contentId: id } = await rig.share({ canonical: web('https://fail.example/') });
    const attempts = [{ at: '2026-01-01T00:00:00Z', type: 'NetworkError', message: 'reset \u0000' }];
    const failure = {
      errorType: 'NetworkError',
      message: 'reset by https://u:pass@h.example/\u0000',
      stack: 'NetworkError: reset\n at y',
      attempts,
    };
    await rig.transact((tx) => rig.contents.beginParse(tx, id));
    await rig.transact((tx) => rig.contents.recordFailure(tx, id, failure));
    const content = await rig.reads.get(id);
    expect(content).toMatchObject({
      status: 'FAILED',
      failureCount: 1,
      lastErrorType: 'NetworkError',
      lastErrorDetail: { stack: 'NetworkError: reset\n at y', attempts: [{ type: 'NetworkError' }] },
    });
    expect(content?.lastError).toMatch(/^reset by/);
    expect(content?.lastError).not.toContain('pass');
    expect(content?.lastErrorAt).toBeInstanceOf(Date);
  });

  it('8: a PULLED, deleted or unknown content is not begun, and a late failure does not touch a PULLED one', async () => {
    const id = await rig.pulled('https://done.example/');
    const begin = (which: number) => rig.transact((tx) => rig.contents.beginParse(tx, which));
    expect(await begin(id)).toBeNull();
    expect(await begin(2_000_000_000)).toBeNull();
    await rig.transact((tx) =>
      rig.contents.recordFailure(tx, id, { errorType: 'X', message: 'late', stack: null, attempts: [] }),
    );
    expect(await rig.reads.get(id)).toMatchObject({ status: 'PULLED', lastError: null });
    await rig.transact((tx) => rig.contents.softDelete(tx, id));
    expect(await begin(id)).toBeNull();
    expect(await record(id)).toEqual({ outcome: 'gone' });
  });

  it('keeps what Postgres and RFC 3339 cannot hold out of the row', async () => {
    const id = await rig.pulled(
      'https://hostile.example/',
      aParse({
        title: 'a\u0000b\ud800',
        tags: ['t\u0000'],
        published_at: new Date(8.64e15),
        stats: { ['view\u0000']: 1 },
        raw_metadata: { big: 'x'.repeat(600_000) },
      }),
    );
    expect(await rig.reads.get(id)).toMatchObject({
      title: 'ab\ufffd',
      tags: ['t'],
      publishedAt: null,
      rawMetadata: { _truncated: true },
    });
  });

  it('a date of the year 0 or 10000 is no date', async () => {
    for (const time of [-62_167_219_200_000, 253_402_300_800_000]) {
      const id = await rig.pulled(`https://year.example/${time}`, aParse({ published_at: new Date(time) }));
      expect(await rig.reads.get(id)).toMatchObject({ publishedAt: null });
    }
  });

  describe('media', () => {
    it('one task a picture, one deadline, in the order of the page, each address once', async () => {
      const { contentId: id } = await rig.share({ canonical: web('https://media.example/'), priority: 3 });
      await rig.endTasks();
      const media = [
        { kind: 'image' as const, role: 'cover' as const, url: 'https://i.example/c.png' },
        ...images('https://i.example/1.png', 'https://i.example/2.png', 'https://i.example/1.png'),
        { kind: 'video' as const, role: 'content' as const, url: 'https://i.example/v.mp4' },
      ];
      await record(id, { media });
      expect(await mediaOf(id)).toMatchObject([
        { origin_url: 'https://i.example/c.png', role: 'cover', status: 'pending', position: 0 },
        { origin_url: 'https://i.example/1.png', status: 'pending' },
        { origin_url: 'https://i.example/2.png', status: 'pending' },
        { origin_url: 'https://i.example/v.mp4', status: 'skipped', error: 'not archived' },
      ]);
      const tasks = await rig.rows<{ name: string; priority: number }>(
        'SELECT name, priority, run_at > now() + make_interval(mins => 14) AS later FROM tasks ORDER BY name',
      );
      expect(tasks).toEqual([
        { name: 'content.settle', priority: 1, later: true },
        ...Array.from({ length: 3 }, () => ({ name: 'media.archive', priority: 3, later: false })),
      ]);
      expect(await rig.reads.get(id)).toMatchObject({ status: 'PULLED', archiveStatus: 'pending' });
    });

    it('19, 24: ARCHIVE_IMAGE_MAX_COUNT and the switch are obeyed; what is skipped is not waited for', async () => {
      const media = images('https://i.example/1.png', 'https://i.example/2.png', 'https://i.example/3.png');
      const { contentId: capped } = await rig.share({ canonical: web('https://cap.example/') });
      await record(capped, { media }, { archive: { enabled: true, maxImages: 2 } });
      expect((await mediaOf(capped)).map(({ status }) => status)).toEqual(['pending', 'pending', 'skipped']);
      await rig.endTasks();
      const { contentId: off } = await rig.share({ canonical: web('https://off.example/') });
      await record(off, { media }, { archive: { enabled: false, maxImages: 2 } });
      expect((await mediaOf(off)).map(({ status }) => status)).toEqual(['skipped', 'skipped', 'skipped']);
      expect(await rig.reads.get(off)).toMatchObject({ status: 'PULLED', archiveStatus: 'none' });
      expect(await rig.rows(`SELECT name FROM tasks WHERE name <> 'content.parse'`)).toEqual([
        { name: 'delivery.plan' },
      ]);
    });

    it('a later parse keeps what is stored, tries again what failed, drops what vanished', async () => {
      const urls = ['https://i.example/s.png', 'https://i.example/f.png', 'https://i.example/gone.png'];
      const id = await rig.pulled('https://again.example/', aParse({ media: images(...urls) }));
      const [s = '', f = '', gone = ''] = urls;
      await store(id, s);
      await store(id, gone);
      const failed = await rig.value<string>(
        'SELECT id::text FROM media WHERE content_id = $1 AND origin_url = $2',
        id,
        f,
      );
      await rig.transact((tx) => rig.media.failed(tx, failed, { errorType: 'NotFound', message: '404' }));
      expect(await rig.reads.get(id)).toMatchObject({ archiveStatus: 'partial' });
      await rig.endTasks();
      await record(id, { media: images(f, s, 'https://i.example/new.png') });
      expect(await mediaOf(id)).toMatchObject([
        { origin_url: f, status: 'pending', error: null },
        { origin_url: s, status: 'stored' },
        { origin_url: 'https://i.example/new.png', status: 'pending' },
      ]);
      expect(await rig.value(`SELECT count(*)::int FROM tasks WHERE name = 'media.archive'`)).toBe(2);
      expect(await rig.reads.get(id)).toMatchObject({ archiveStatus: 'pending', parseGeneration: 2 });
    });

    it('an address too long to be indexed is left out and counted', async () => {
      const id = await rig.pulled(
        'https://longmedia.example/',
        aParse({ media: images(`https://i.example/${'x'.repeat(3_000)}`) }),
      );
      expect(await mediaOf(id)).toEqual([]);
      const [event] = await rig.rows<{ payload: object }>(
        `SELECT payload FROM events WHERE content_id = $1 AND type = 'content.pulled'`,
        id,
      );
      expect(event?.payload).toMatchObject({ media_dropped: 1 });
    });
  });

  it('what a person has edited outlives later parses', async () => {
    const id = await rig.pulled('https://edit.example/', aParse({ tags: ['page'], is_nsfw: true }));
    const patch = { title: 'Mine', tags: ['only'], is_nsfw: false, note: 'n' };
    await rig.transact((tx) => rig.contents.patch(tx, id, patch));
    await record(id, { title: 'Theirs', body_text: 'New body', tags: ['page', 'more'], is_nsfw: true });
    expect(await rig.reads.get(id)).toMatchObject({
      title: 'Mine',
      tags: ['only'],
      isNsfw: false,
      note: 'n',
      bodyText: 'New body',
      editedFields: ['tags', 'title', 'note', 'is_nsfw'],
    });
    const events = await rig.rows<{ type: string; payload: { search_fields: string[] } }>(
      `SELECT type, payload FROM events WHERE content_id = $1 AND type IN ('content.updated', 'content.pulled') ORDER BY id`,
      id,
    );
    expect(events.map(({ payload }) => payload.search_fields)).toEqual([
      ['title', 'tags', 'body_text'],
      ['title', 'tags'],
      ['body_text'],
    ]);
  });
});
