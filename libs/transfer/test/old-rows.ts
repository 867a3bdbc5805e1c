/** Rows of an old installation, as its tables hold them. JSON columns are given as values. */
export interface OldTables {
  contents: Record<string, unknown>[];
  content_sources?: Record<string, unknown>[];
  pushed_records?: Record<string, unknown>[];
  bot_configs?: Record<string, unknown>[];
  bot_chats?: Record<string, unknown>[];
  distribution_rules?: Record<string, unknown>[];
  distribution_targets?: Record<string, unknown>[];
  system_settings?: Record<string, unknown>[];
}

/** Columns of era A and of the lite version; C adds to them. */
export const columnsA = {
  contents: {
    platform: 'text', url: 'text', canonical_url: 'text', clean_url: 'text', status: 'text', failure_count: 'int',
    last_error: 'text', last_error_type: 'text', last_error_detail: 'json', last_error_at: 'time', tags: 'json', is_nsfw: 'bool',
    source: 'text', platform_id: 'text', content_type: 'text', view_count: 'int', like_count: 'int', collect_count: 'int',
    share_count: 'int', comment_count: 'int', extra_stats: 'json', raw_metadata: 'json', title: 'text', description: 'text',
    author_name: 'text', author_id: 'text', cover_url: 'text', media_urls: 'json', created_at: 'time', updated_at: 'time',
    published_at: 'time',
  },
  content_sources: {
    content_id: 'int', source: 'text', tags_snapshot: 'json', note: 'text', client_context: 'json', created_at: 'time',
  },
  pushed_records: { content_id: 'int', target_platform: 'text', message_id: 'text', pushed_at: 'time' },
} as const; // prettier-ignore

export const columnsC = {
  contents: {
    ...columnsA.contents,
    layout_type: 'text', review_status: 'text', body: 'text', summary: 'text', author_avatar_url: 'text', author_url: 'text',
    archive_metadata: 'json', context_data: 'json', deleted_at: 'time',
  },
  content_sources: columnsA.content_sources,
  pushed_records: { ...columnsA.pushed_records, target_id: 'text', push_status: 'text', error_message: 'text' },
  bot_configs: {
    platform: 'text', name: 'text', bot_token: 'text', napcat_http_url: 'text', enabled: 'bool', is_primary: 'bool',
  },
  bot_chats: { bot_config_id: 'int', chat_id: 'text', chat_type: 'text', title: 'text', nsfw_chat_id: 'text' },
  distribution_rules: {
    name: 'text', match_conditions: 'json', enabled: 'bool', priority: 'int', nsfw_policy: 'text', approval_required: 'bool',
    rate_limit: 'int', time_window: 'int',
  },
  distribution_targets: { rule_id: 'int', bot_chat_id: 'int', enabled: 'bool' },
  system_settings: { key: 'text', value: 'json' },
} as const; // prettier-ignore

export type Columns = Readonly<Record<string, Readonly<Record<string, 'text' | 'int' | 'json' | 'time' | 'bool'>>>>;

/** What a table of the old version gets where a row does not say. */
export const contentDefaults = {
  status: 'PULLED',
  failure_count: 0,
  is_nsfw: false,
  tags: [],
  raw_metadata: {},
  extra_stats: {},
  media_urls: [],
  created_at: '2024-01-06 11:59:24.123456',
  updated_at: '2024-01-07 08:00:00',
};

/** The value of a cell; a string in a JSON column stands for itself, so that it may be broken. */
export function cell(kind: string, value: unknown): unknown {
  if (value === undefined || value === null) return null;
  return kind === 'json' && typeof value !== 'string' ? JSON.stringify(value) : value;
}

/** A page of any site, as a row of `contents` begins. */
export function page(path: string) {
  const url = `https://example.com${path}`;
  return { platform: 'universal', url, canonical_url: url };
}
