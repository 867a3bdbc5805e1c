/** What a backup does with a table. */
export type TableRule =
  /** All rows. `without`: columns that mean nothing in another cluster, and get their defaults. */
  | { rule: 'copy'; without?: readonly string[] }
  /** All rows; what was under way when they were read is put right by the restore (`put-right.ts`). */
  | { rule: 'reset'; without?: readonly string[] }
  /** Not at all: it is made anew, or of no use later. */
  | { rule: 'omit'; why: string };

const copy = { rule: 'copy' } as const;

/**
 * One rule for each table of the product: a spec compares this list with the catalogue, so that a new table cannot be forgotten. Partitions go
 * with their parent.
 */
export const tableRules: Readonly<Record<string, TableRule>> = {
  _prisma_migrations: { rule: 'omit', why: 'the restore runs the migrations' },
  api_tokens: copy,
  blob_variants: copy,
  blobs: { rule: 'reset' },
  bot_configs: copy,
  bot_files: copy,
  content_keys: copy,
  content_sources: copy,
  // Which transaction offered it is a number of the old cluster.
  contents: { rule: 'reset', without: ['offered_xid'] },
  dead_letters: copy,
  deliveries: { rule: 'reset' },
  delivery_parts: { rule: 'reset' },
  events: { rule: 'reset' },
  feed_entries: copy,
  feeds: copy,
  idempotency_keys: {
    rule: 'omit',
    why: 'answers that are remembered for a day, sealed, for retries of calls that are long over',
  },
  limiter_cells: { rule: 'omit', why: 'who called how often within the last minutes' },
  media: copy,
  platform_states: { rule: 'reset' },
  platform_tries: copy,
  rule_decisions: copy,
  rule_targets: copy,
  rules: copy,
  schedules: copy,
  settings: copy,
  targets: { rule: 'reset', without: ['offer_floor'] },
  tasks: { rule: 'reset' },
};

/** Schemas that are left out as a whole, and why. */
export const omittedSchemas: Readonly<Record<string, string>> = {
  bullmq: 'wake-ups of the broker in Postgres: the rows of `tasks` are the truth, and are handed over anew',
};

/** Tables with a row in one of these hold somebody's data. A start alone makes none of them. */
export const dataTables = ['contents', 'feeds', 'targets', 'rules', 'bot_configs'] as const;
