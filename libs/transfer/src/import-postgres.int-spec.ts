import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { emptyDatabase, tempDir, type TestDatabase } from '@vaultstream/testing';
import { sha256, webp, writeMedia, writePostgres } from '../test/old-installation.ts';
import { columnsA, columnsC } from '../test/old-rows.ts';
import { openRig, type Rig } from '../test/rig.ts';
import { toLines } from './index.ts';

let rig: Rig;
let old: TestDatabase;
beforeEach(async () => {
  [rig, old] = await Promise.all([openRig(), emptyDatabase()]);
}, 60_000);
afterEach(() => Promise.all([rig.close(), old.drop()]));

const bv = 'https://www.bilibili.com/video/BV17x411w7KC';
const weibo = 'https://weibo.com/1234567890/AbCdEf';

describe('import of a Postgres installation', () => {
  it('era A: contents of platforms that we have and have not, twice', async () => {
    await writePostgres(
      old.url,
      {
        contents: [
          { platform: 'bilibili', url: `${bv}?spm_id_from=333`, canonical_url: bv, platform_id: 'BV17x411w7KC', content_type: 'video', title: 'Film', view_count: 10, created_at: '2024-01-06 11:59:24.5' },
          { platform: 'weibo', url: 'https://m.weibo.cn/status/AbCdEf', canonical_url: weibo, platform_id: 'AbCdEf', content_type: 'status', title: 'Post' },
          { platform: 'zhihu', url: 'https://zhuanlan.zhihu.com/p/1', canonical_url: 'https://zhuanlan.zhihu.com/p/1', status: 'UNPROCESSED' },
        ],
        content_sources: [{ content_id: 2, source: 'tg', tags_snapshot: ['a'], created_at: '2024-01-06 11:00:00' }],
        pushed_records: [{ content_id: 2, target_platform: 'TG_CHANNEL_-1001', message_id: '77', pushed_at: '2024-01-08 09:00:00.123456' }],
      },
      columnsA,
    ); // prettier-ignore
    const report = await rig.run(old.url);
    expect(report.counts.contents).toEqual({ imported: 3 });
    const rows = await rig.rows<Record<string, unknown>>(
      'SELECT platform, platform_id, content_type, canonical_url, status, created_at, planned_at IS NOT NULL AS planned FROM contents ORDER BY id',
    );
    expect(rows).toMatchObject([
      {
        platform: 'bilibili',
        platform_id: 'BV17x411w7KC',
        status: 'PULLED',
        created_at: new Date('2024-01-06T11:59:24.500Z'),
        // Rules do not look back: a title that is mended here later sets nothing free.
        planned: true,
      },
      { platform: 'weibo', platform_id: 'AbCdEf', content_type: 'status', canonical_url: weibo },
      // Nothing was read there: it is what a share of it would be today.
      { platform: 'zhihu', platform_id: '1', status: 'UNPROCESSED', planned: false },
    ]);
    const before = await rig.state();
    expect((await rig.run(old.url.replace('postgresql:', 'postgresql+asyncpg:'))).counts.contents).toEqual({
      known: 3,
    });
    expect(await rig.state()).toEqual(before);
  });

  it("a share finds an imported content by today's name, although its platform is kept", async () => {
    await writePostgres(
      old.url,
      { contents: [{ platform: 'weibo', url: weibo, canonical_url: weibo, title: 'Post' }] },
      columnsA,
    );
    await rig.run(old.url);
    const canonical = { platform: 'web', url: weibo, platformId: null, contentType: null };
    const outcome = await rig.db.transact((tx) => rig.contents.share(tx, { canonical, url: weibo, tags: [] }));
    expect(outcome).toMatchObject({ created: false, platform: 'weibo', status: 'PULLED' });
  });

  it('era C: archive metadata, pushes by chat, bots, rules; what has no place is said', async () => {
    const folder = await tempDir();
    const picture = webp('era c');
    const key = writeMedia(folder.path, picture);
    const token = '123456789:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA';
    await writePostgres(
      old.url,
      {
        contents: [
          { platform: 'universal', url: 'https://example.com/c', canonical_url: 'https://example.com/c', status: 'parse_success', body: 'Body', summary: 'Short', author_url: 'https://example.com/ann', layout_type: 'article', archive_metadata: { stored_images: [{ orig_url: 'https://i.example.com/1.png', key }] }, media_urls: [`local://${key}`], cover_url: `local://${key}` },
          { platform: 'universal', url: 'https://example.com/deleted', canonical_url: 'https://example.com/deleted', deleted_at: '2024-05-05 00:00:00' },
        ],
        pushed_records: [
          { content_id: 1, target_platform: 'telegram', target_id: '-100555', push_status: 'success', message_id: '5', pushed_at: '2024-01-08' },
          { content_id: 1, target_platform: 'telegram', target_id: '-100666', push_status: 'failed', pushed_at: '2024-01-08' },
          { content_id: 1, target_platform: 'qq', target_id: '4242', push_status: 'success', pushed_at: '2024-01-08' },
        ],
        bot_configs: [
          { platform: 'telegram', name: 'main', bot_token: token, enabled: true, is_primary: true },
          { platform: 'telegram', name: 'second', bot_token: token.replace('1234', '9876'), enabled: true, is_primary: true },
          { platform: 'qq', name: 'napcat', napcat_http_url: 'http://x', enabled: true, is_primary: true },
        ],
        bot_chats: [{ bot_config_id: 1, chat_id: '-100555', chat_type: 'channel', nsfw_chat_id: '-100777' }],
        distribution_rules: [
          { name: 'reading', match_conditions: { platform: 'universal', tags: ['a', 'b'], tags_match_mode: 'all', tags_exclude: ['c'], is_nsfw: false }, enabled: true, priority: 5, nsfw_policy: 'separate_channel', approval_required: true, rate_limit: 3, time_window: 60 },
          { name: 'strange', match_conditions: { moon: 'full' }, enabled: true, priority: 0, nsfw_policy: 'block' },
        ],
        distribution_targets: [{ rule_id: 1, bot_chat_id: 1, enabled: true }],
        system_settings: [{ key: 'weibo_cookie', value: '"secret"' }],
      },
      columnsC,
    ); // prettier-ignore
    const report = await rig.run(old.url, { media: `${folder.path}/media` });
    await folder.remove();
    expect(report.counts).toMatchObject({
      contents: { imported: 1, skipped: 1 },
      media: { stored: 2 },
      pushes: { imported: 2 },
      bots: { imported: 2, skipped: 1 },
      rules: { imported: 1, skipped: 1 },
    });
    expect(report.left_behind).toEqual({ system_settings: 1 });
    const lines = toLines(report).join('\n');
    for (const words of [
      'qq bots are not supported',
      'had not sent it',
      'unknown condition moon',
      'give it the target TG_CHANNEL_-100555',
      'give it the target TG_CHANNEL_-100777',
      'left behind: system_settings (1)',
    ])
      expect(lines).toContain(words);
    expect(lines).not.toContain(token);
    const row = await rig.db.client.content.findFirstOrThrow({
      include: { media: true, deliveries: { include: { target: true } } },
    });
    expect(row).toMatchObject({
      bodyText: 'Body',
      description: 'Short',
      authorUrl: 'https://example.com/ann',
      archiveStatus: 'ready',
    });
    expect(row.media.map(({ role, originUrl, blobSha256 }) => [role, originUrl, blobSha256])).toEqual([
      ['content', 'https://i.example.com/1.png', sha256(picture)],
      ['cover', `local://${key}`, sha256(picture)],
    ]);
    expect(row.deliveries.map(({ target }) => target.key).sort()).toEqual(['QQ_4242', 'TG_CHANNEL_-100555']);
    const bots = await rig.db.client.botConfig.findMany({ orderBy: { name: 'asc' } });
    expect(bots.map(({ name, isPrimary }) => [name, isPrimary])).toEqual([['main', true], ['second', false]]); // prettier-ignore
    const [main] = bots;
    expect(
      rig.box.open(main?.tokenCipher ?? '', { table: 'bot_configs', row: main?.id ?? '', column: 'token_cipher' }),
    ).toBe(token);
    const rules = await rig.db.client.rule.findMany();
    expect(rules).toMatchObject([
      { name: 'reading', enabled: false, priority: 5, nsfwPolicy: 'separate', approval: 'required', match: { platforms: ['web'], tags_all: ['a', 'b'], tags_none: ['c'], is_nsfw: false } },
    ]); // prettier-ignore
    const before = await rig.state();
    await rig.run(old.url);
    expect(await rig.state()).toEqual(before);
  });

  it('tables and columns that an old version does not have are no obstacle', async () => {
    const { platform, url, canonical_url, status, title, created_at } = columnsA.contents;
    const columns = { contents: { platform, url, canonical_url, status, title, created_at } };
    const row = {
      platform: 'universal',
      url: 'https://example.com/min',
      canonical_url: 'https://example.com/min',
      title: 'Min',
    };
    const bare = { failure_count: undefined, is_nsfw: undefined, tags: undefined, raw_metadata: undefined, extra_stats: undefined, media_urls: undefined, updated_at: undefined }; // prettier-ignore
    await writePostgres(old.url, { contents: [JSON.parse(JSON.stringify({ ...row, ...bare })) as typeof row] }, { contents: { ...columns.contents, failure_count: 'int', is_nsfw: 'bool', tags: 'json', raw_metadata: 'json', extra_stats: 'json', media_urls: 'json', updated_at: 'time' } }); // prettier-ignore
    expect((await rig.run(old.url)).counts).toMatchObject({ contents: { imported: 1 }, sources: { imported: 1 } });
  });
});
