/** Ids as they look. Those of contents are numbers, all others are UUIDs. */
const uuid = '01a1f0c4-7b1a-7c3e-9d2f-1a2b3c4d5e6f';
const sha256 = '9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08';

/** Values of path parameters, by operation and name, else by name. */
export const apiPathExamples: Readonly<Record<string, unknown>> = {
  'Contents_get.id': 1,
  'Contents_patch.id': 1,
  'Contents_delete.id': 1,
  'Contents_timeline.id': 1,
  'Explain_explain.id': 1,
  'Retry_retry.id': 1,
  'Platforms_canary.id': 'bilibili',
  'Platforms_reset.id': 'bilibili',
  id: uuid,
  sha256,
  key: `blobs/sha256/9f/86/${sha256}.webp`,
  'Settings_get.key': 'platform.bilibili.sessdata',
  'Settings_put.key': 'platform.bilibili.sessdata',
  'Settings_remove.key': 'platform.bilibili.sessdata',
  file: 'page.css',
};

/** Bodies that work as they stand, but for ids that are another's: by operation. */
export const apiBodyExamples: Readonly<Record<string, unknown>> = {
  Shares_share: {
    url: 'https://en.wikipedia.org/wiki/Lighthouse',
    tags: ['reading'],
    note: 'for the weekend',
  },
  Shares_shareBatch: {
    shares: [
      { url: 'https://en.wikipedia.org/wiki/Lighthouse', tags: ['reading'] },
      { url: 'https://www.bilibili.com/video/BV1GJ411x7h7' },
    ],
  },
  Contents_patch: { tags: ['reading', 'sea'], note: 'read, and worth keeping' },
  Retry_retryMany: { status: 'FAILED', platform: 'web', limit: 100 },
  Reparse_reparse: { platform: 'web', below_version: 1, limit: 100, per_minute: 60 },
  Targets_create: {
    kind: 'webhook',
    name: 'my site',
    address: { url: 'https://hooks.example.com/vaultstream' },
  },
  Targets_update: { name: 'my other site', enabled: true },
  Rules_create: { name: 'reading list', match: { tags_any: ['reading'] }, target_ids: [uuid] },
  Rules_update: { match: { tags_any: ['reading', 'sea'] }, approval: 'required' },
  Deliveries_create: { content_id: 1, target_id: uuid },
  Deliveries_resolve: { as: 'sent' },
  BotConfig_create: {
    platform: 'telegram',
    name: 'my bot',
    bot_token: '123456789:AAExampleExampleExampleExampleExamp',
    is_primary: true,
  },
  BotConfig_update: { name: 'my bot', is_primary: true },
  Bot_getContent: { target_platform: 'TG_CHANNEL_-1001234567890', tag: 'reading', limit: 1 },
  Bot_markPushed: { content_id: 1, target_platform: 'TG_CHANNEL_-1001234567890', message_id: '42' },
  Feeds_create: { url: 'https://example.com/feed.xml', tags: ['news'], share_existing: 3 },
  Feeds_update: { tags: ['news'], interval_s: 3_600 },
  Tokens_create: { name: 'phone', scopes: ['read', 'write'] },
  Settings_put: { value: 'the-cookie-of-your-own-account' },
  DryRun_run: { rehearse: false },
  Replays_replayMany: { task: 'content.parse', limit: 100, per_minute: 60 },
  DeadLetters_discardMany: { error_type: 'NotFound', note: 'gone for good' },
  Vault_collect: { dry_run: true },
  Vault_verify: { sample: 100 },
};
