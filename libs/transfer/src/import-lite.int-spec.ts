import { readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { tempDir } from '@vaultstream/testing';
import { sha256, webp, writeLite, writeMedia } from '../test/old-installation.ts';
import { page } from '../test/old-rows.ts';
import { openRig, type Rig } from '../test/rig.ts';
import { isComplete } from './index.ts';

let rig: Rig;
let old: Awaited<ReturnType<typeof tempDir>>;
beforeEach(async () => {
  [rig, old] = await Promise.all([openRig(), tempDir()]);
}, 60_000);
afterEach(() => Promise.all([rig.close(), old.remove()]));

const content = (path: string) => rig.content(path);

describe('import of a lite installation', () => {
  it('brings fields, tags, counts, times and every share over', async () => {
    writeLite(old.path, {
      contents: [
        {
          ...page('/a'), id: 7, title: 'A title', description: 'About', author_name: 'Ann', author_id: '12', tags: ['x', 'y'],
          view_count: 5, like_count: 2, extra_stats: { coin: 3, bad: 'no' }, published_at: '2023-12-31T10:00:00+08:00', is_nsfw: true,
          raw_metadata: { archive: { plain_text: 'The text' } }, failure_count: 2, source: 'bot',
        },
      ],
      content_sources: [
        { content_id: 7, source: 'tg', tags_snapshot: ['x', 'z'], note: 'for later', client_context: { chat: 1 }, created_at: '2024-01-06 11:59:24' },
        { content_id: 7, source: 'web', tags_snapshot: [], created_at: '2024-02-01 00:00:00' },
      ],
    }); // prettier-ignore
    const report = await rig.run(old.path);
    expect(report.counts.contents).toEqual({ imported: 1 });
    expect(isComplete(report)).toBe(true);
    const row = await content('/a');
    expect(row).toMatchObject({
      platform: 'web', status: 'PULLED', archiveStatus: 'none', title: 'A title', description: 'About', bodyText: 'The text',
      authorName: 'Ann', authorId: '12', tags: ['x', 'y', 'z'], isNsfw: true, note: 'for later', failureCount: 2,
      stats: { view: 5, like: 2, coin: 3 }, publishedAt: new Date('2023-12-31T02:00:00Z'), createdAt: new Date('2024-01-06T11:59:24.123Z'),
    }); // prettier-ignore
    expect(row.searchText).toContain('a title');
    expect(row.rawMetadata).toMatchObject({ imported: { id: '7' } });
    expect(
      row.sources.map(({ source, note, clientContext, createdAt }) => [
        source,
        note,
        clientContext,
        createdAt.toISOString(),
      ]),
    ).toEqual([
      ['tg', 'for later', { chat: 1 }, '2024-01-06T11:59:24.000Z'],
      ['web', null, null, '2024-02-01T00:00:00.000Z'],
    ]);
    expect(await rig.tasks()).toEqual([]);
  });

  it('maps every status; only what was not read gets a parse task, and nothing is planned for delivery', async () => {
    const statuses = ['pulled', 'PARSE_SUCCESS', 'archived', 'distributed', 'failed', 'UNPROCESSED', 'processing'];
    writeLite(old.path, {
      contents: statuses.map((status) => ({
        ...page(`/${status}`),
        status,
        last_error: status === 'failed' ? 'gone' : null,
        last_error_type: 'NotFound',
      })),
    });
    await rig.run(old.path);
    const found = await Promise.all(statuses.map((status) => content(`/${status}`)));
    expect(found.map(({ status }) => status)).toEqual([
      'PULLED',
      'PULLED',
      'PULLED',
      'PULLED',
      'FAILED',
      'UNPROCESSED',
      'UNPROCESSED',
    ]);
    expect(found[4]).toMatchObject({ lastError: 'gone', lastErrorType: 'NotFound' });
    expect(await rig.tasks()).toEqual([{ name: 'content.parse' }, { name: 'content.parse' }]);
  });

  it('takes files of both layouts whose bytes have their name, and fetches the others again', async () => {
    const [one, two, three] = [webp('one'), webp('two'), webp('three')];
    const keyOne = writeMedia(old.path, one);
    const keyTwo = `vaultstream/${writeMedia(old.path, two, 'vaultstream/blobs/sha256/').replace('vaultstream/', '')}`;
    const damaged = writeMedia(old.path, Buffer.concat([three, Buffer.from('!')]), '', `${sha256(three)}.webp`);
    const origin = (name: string) => `https://img.example.com/${name}.jpg`;
    const images = [
      { url: origin('1'), stored_key: keyOne, stored_width: 640, stored_height: 480 },
      { url: origin('2'), stored_key: keyTwo },
      { url: origin('3'), stored_key: damaged },
      { url: origin('4'), stored_key: `ab/cd/${'ab'.repeat(32)}.webp` },
      { url: origin('5') },
      { url: origin('face'), type: 'avatar', stored_key: keyOne },
    ];
    writeLite(old.path, {
      contents: [
        {
          ...page('/pics'),
          raw_metadata: { archive: { images } },
          cover_url: origin('1'),
          media_urls: [origin('1'), origin('5')],
        },
      ],
    });
    const report = await rig.run(old.path);
    expect(report.counts.media).toEqual({ stored: 4, to_fetch: 3 });
    const row = await content('/pics');
    expect(row.archiveStatus).toBe('partial');
    expect(row.media.map(({ role, originUrl, status, blobSha256 }) => [role, originUrl, status, blobSha256])).toEqual([
      ['content', origin('1'), 'stored', sha256(one)],
      ['content', origin('2'), 'stored', sha256(two)],
      ['content', origin('3'), 'pending', null],
      ['content', origin('4'), 'pending', null],
      ['content', origin('5'), 'pending', null],
      ['avatar', origin('face'), 'stored', sha256(one)],
      ['cover', origin('1'), 'stored', sha256(one)],
    ]);
    const blobs = await rig.db.client.blob.findMany({ orderBy: { size: 'asc' } });
    expect(blobs.map(({ state }) => state)).toEqual(['live', 'live']);
    const blob = await rig.db.client.blob.findUniqueOrThrow({ where: { sha256: sha256(one) } });
    expect(blob).toMatchObject({ width: 640, height: 480, mime: 'image/webp' });
    expect(readFileSync(join(rig.folder.path, blob.key))).toEqual(one);
    expect(await rig.tasks()).toEqual([
      { name: 'media.archive' },
      { name: 'media.archive' },
      { name: 'media.archive' },
    ]);
  });

  it('notes what was pushed, so that get-content offers nothing that was pushed before', async () => {
    writeLite(old.path, {
      contents: [{ ...page('/pushed'), id: 1 }, { ...page('/open'), id: 2 }],
      pushed_records: [
        { content_id: 1, target_platform: 'TG_CHANNEL_-100123', message_id: '55', pushed_at: '2024-01-08 09:00:00' },
        { content_id: 1, target_platform: 'TG_CHANNEL_-100123', message_id: '56', pushed_at: '2024-01-08 09:00:01' },
        { content_id: 2, target_platform: 'TG_CHANNEL_@Other', message_id: '1', pushed_at: '2024-01-08 09:00:00' },
        { content_id: 99, target_platform: 'TG_CHANNEL_-100123', message_id: '9', pushed_at: '2024-01-08 09:00:00' },
      ],
    }); // prettier-ignore
    const report = await rig.run(old.path);
    expect(report.notes).toContainEqual(expect.objectContaining({ reason: 'belongs to no content', count: 1 }));
    const [pushed, open] = [await content('/pushed'), await content('/open')];
    const offers = (targetKey: string) => rig.deliveries.offers({ targetKey, limit: 10 });
    expect(await offers('TG_CHANNEL_-100123')).toEqual([open.id]);
    expect(await offers('TG_CHANNEL_@Other')).toEqual([pushed.id]);
    expect(await offers('TG_CHANNEL_@other')).toEqual([pushed.id]);
    expect(pushed.deliveries).toMatchObject([
      {
        state: 'sent',
        reason: 'imported',
        sentAt: new Date('2024-01-08T09:00:00Z'),
        target: { kind: 'external', enabled: false },
      },
    ]);
    expect(pushed.deliveries[0]?.parts.map(({ messageId, state }) => [messageId, state]).sort()).toEqual([['55', 'sent'], ['56', 'sent']]); // prettier-ignore
  });

  it('makes one content of old rows that are the same page, and of one that was shared here before', async () => {
    const shared = await rig.db.transact((tx) =>
      rig.contents.share(tx, { canonical: { platform: 'web', url: 'https://example.com/same', platformId: null, contentType: null }, url: 'https://example.com/same', tags: ['here'] }),
    ); // prettier-ignore
    writeLite(old.path, {
      contents: [
        { ...page('/same?utm_source=a'), id: 1, tags: ['one'], status: 'failed', created_at: '2024-03-01 00:00:00' },
        { ...page('/same'), id: 2, tags: ['two'], title: 'Read', created_at: '2024-01-01 00:00:00' },
        { ...page('/same?utm_medium=b'), id: 3, tags: ['three'], title: 'Read later' },
      ],
      pushed_records: [
        { content_id: 1, target_platform: 'TG_CHANNEL_1', message_id: '1', pushed_at: '2024-01-08' },
        { content_id: 2, target_platform: 'TG_CHANNEL_1', message_id: '2', pushed_at: '2024-01-09' },
        { content_id: 3, target_platform: 'TG_CHANNEL_2', message_id: '3', pushed_at: '1704672000' },
      ],
    });
    const report = await rig.run(old.path);
    expect(report.counts.contents).toEqual({ merged: 3 });
    expect(report.counts.pushes).toEqual({ imported: 2, known: 1 });
    const row = await content('/same');
    expect(row).toMatchObject({
      id: shared.contentId,
      status: 'PULLED',
      title: 'Read',
      createdAt: new Date('2024-01-01T00:00:00Z'),
    });
    expect(row.tags).toEqual(['here', 'one', 'two', 'three']);
    expect(row.sources).toHaveLength(4);
    expect(row.deliveries.map(({ target, state }) => [target.key, state]).sort()).toEqual([['TG_CHANNEL_1', 'sent'], ['TG_CHANNEL_2', 'sent']]); // prettier-ignore
    expect(await rig.db.client.content.count()).toBe(1);
  });

  it('changes nothing when it is run again, and brings what the old version has added since', async () => {
    const key = writeMedia(old.path, webp('kept'));
    const tables = {
      contents: [
        { ...page('/a'), id: 1, raw_metadata: { archive: { images: [{ url: 'https://i.example.com/1.jpg', stored_key: key }, { url: 'https://i.example.com/2.jpg' }] } } },
        { ...page('/a?utm_source=x'), id: 2 },
        { ...page('/b'), id: 3, status: 'unprocessed' },
      ],
      content_sources: [{ content_id: 1, source: 's', created_at: '2024-01-06' }],
      pushed_records: [{ content_id: 1, target_platform: 'TG_CHANNEL_1', message_id: '1', pushed_at: '2024-01-08' }],
    }; // prettier-ignore
    writeLite(old.path, tables);
    await rig.run(old.path);
    const before = await rig.state();
    const again = await rig.run(old.path);
    expect(await rig.state()).toEqual(before);
    expect(again.counts).toMatchObject({
      contents: { known: 3 },
      sources: { known: 3 },
      pushes: { known: 1 },
      media: {},
    });
    rmSync(join(old.path, 'vaultstream.db'));
    tables.pushed_records.push({
      content_id: 1,
      target_platform: 'TG_CHANNEL_2',
      message_id: '2',
      pushed_at: '2024-02-08',
    });
    writeLite(old.path, tables);
    expect((await rig.run(old.path)).counts.pushes).toEqual({ imported: 1, known: 1 });
  });

  it('a dry run reports the same and writes nothing, no bytes either', async () => {
    const key = writeMedia(old.path, webp('dry'));
    writeLite(old.path, {
      contents: [
        { ...page('/a'), id: 1, raw_metadata: { archive: { images: [{ url: 'https://i.example.com/1.jpg', stored_key: key }] } } },
        { ...page('/a#top'), id: 2 },
      ],
      pushed_records: [{ content_id: 1, target_platform: 'TG_CHANNEL_1', message_id: '1', pushed_at: '2024-01-08' }],
    }); // prettier-ignore
    const before = await rig.state();
    const dry = await rig.run(old.path, { dryRun: true });
    expect(await rig.state()).toEqual(before);
    expect((await rig.store.list('blobs/')[Symbol.asyncIterator]().next()).done).toBe(true);
    const blind = await rig.run(old.path, { dryRun: true, target: null });
    const real = await rig.run(old.path);
    expect(dry.counts).toEqual(real.counts);
    expect(blind.counts).toEqual(real.counts);
  });

  it('leaves alone what a person has deleted here, and still notes what was pushed', async () => {
    writeLite(old.path, {
      contents: [{ ...page('/gone'), id: 1 }],
      pushed_records: [{ content_id: 1, target_platform: 'TG_CHANNEL_1', message_id: '1', pushed_at: '2024-01-08' }],
    });
    const canonical = { platform: 'web', url: 'https://example.com/gone', platformId: null, contentType: null };
    const { contentId } = await rig.db.transact((tx) =>
      rig.contents.share(tx, { canonical, url: canonical.url, tags: [] }),
    );
    await rig.db.transact((tx) => rig.contents.softDelete(tx, contentId));
    const report = await rig.run(old.path);
    expect(report.counts.contents).toEqual({ skipped: 1 });
    const row = await content('/gone');
    expect(row.deletedAt).not.toBeNull();
    expect(row.deliveries).toMatchObject([{ state: 'sent' }]);
  });

  it('reads what is still in the write-ahead log, and leaves no file beside a database that was closed', async () => {
    writeLite(old.path, { contents: [page('/closed')] });
    const files = readdirSync(old.path).sort();
    await rig.run(old.path);
    expect(readdirSync(old.path).sort()).toEqual(files);
    const running = new DatabaseSync(join(old.path, 'vaultstream.db'));
    try {
      const { url } = page('/logged');
      running
        .prepare("INSERT INTO contents (platform, url, canonical_url, status) VALUES ('universal', ?, ?, 'PULLED')")
        .run(url, url);
      expect((await rig.run(old.path)).counts.contents).toEqual({ imported: 1, known: 1 });
    } finally {
      running.close();
    }
  });

  it('says in one line what it looked for', async () => {
    await expect(rig.run(old.path)).rejects.toThrow(/no vaultstream\.db .* in /);
    await expect(rig.run(join(old.path, 'none'))).rejects.toThrow(/there is no /);
    await expect(rig.run('mysql://x/y')).rejects.toThrow(
      /neither a directory, a sqlite: path nor a postgresql:\/\/ URL/,
    );
    await expect(rig.run('postgresql://127.0.0.1:1/x')).rejects.toThrow(/cannot be read/);
    await expect(rig.run(rig.url)).rejects.toThrow(/present version/);
    writeLite(old.path, { contents: [page('/x')] });
    expect((await rig.run(`sqlite+aiosqlite:///${join(old.path, 'vaultstream.db')}`)).counts.contents).toEqual({
      imported: 1,
    });
  });
});
