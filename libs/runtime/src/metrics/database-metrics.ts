import type { MetricDefinition } from './metric-definition.ts';

/**
 * Gauges that are read from the database. Only the elected process has them (`Metrics.onCollectElected`), so that `sum()` over all
 * scraped processes is true and one reader asks the database, not every replica. One that is no longer elected no longer has them.
 */
export const databaseMetrics = {
  vaultstream_queue_depth: {
    type: 'gauge',
    help: 'Tasks by queue and state: waiting, active, delayed.',
    labels: ['queue', 'state'],
  },
  vaultstream_queue_oldest_seconds: { type: 'gauge', help: 'Age of the oldest waiting task.', labels: ['queue'] },
  vaultstream_dead_letters: { type: 'gauge', help: 'Dead letters.', labels: ['queue'] },
  vaultstream_dead_letter_kinds: {
    type: 'gauge',
    help: 'Different failures among the dead letters (fingerprints): what alarms should go by.',
    labels: ['queue'],
  },
  vaultstream_schedule_last_run_timestamp_seconds: {
    type: 'gauge',
    help: 'When a schedule last appended its task, Unix time; 0: never. feeds.due runs every minute: the heartbeat of all work.',
    labels: ['schedule'],
  },
  vaultstream_schedule_overdue_seconds: {
    type: 'gauge',
    help: 'How long a schedule has been due without having run; 0 while it is not due.',
    labels: ['schedule'],
  },
  vaultstream_contents: { type: 'gauge', help: 'Contents by platform and status.', labels: ['platform', 'status'] },
  vaultstream_contents_last_day: {
    type: 'gauge',
    help: 'Contents created in the last 24 hours.',
    labels: ['platform'],
  },
  vaultstream_platform_up: {
    type: 'gauge',
    help: 'Whether a platform can be read as it should: 1 or 0. Not there while nobody has asked it lately.',
    labels: ['platform'],
  },
  vaultstream_platform_circuit: {
    type: 'gauge',
    help: 'Circuit of a platform: 0 closed, 0.5 being tried, 1 open.',
    labels: ['platform'],
  },
  vaultstream_feeds: { type: 'gauge', help: 'Feeds by state: ok, failing, disabled.', labels: ['state'] },
  vaultstream_blobs: { type: 'gauge', help: 'Stored blobs.', labels: [] },
  vaultstream_blob_bytes: { type: 'gauge', help: 'Bytes of stored blobs.', labels: [] },
  vaultstream_damaged_blobs: {
    type: 'gauge',
    help: 'Blobs whose stored bytes are known to be missing or altered, and have not been stored again yet.',
    labels: [],
  },
  vaultstream_orphans: {
    type: 'gauge',
    help: 'Stored blobs that nothing refers to, waiting for their deletion.',
    labels: [],
  },
  vaultstream_scrub_last_success_timestamp_seconds: {
    type: 'gauge',
    help: "When the stored bytes' daily check (blobs.verify) last did its share, Unix time; 0: never.",
    labels: [],
  },
  vaultstream_backup_last_success_timestamp_seconds: {
    type: 'gauge',
    help: 'When a backup last succeeded, Unix time; 0: never.',
    labels: [],
  },
  vaultstream_push_backlog: {
    type: 'gauge',
    help: 'Deliveries that wait, by target key: the 50 longest, the rest together as "other".',
    labels: ['target'],
  },
  vaultstream_push_oldest_seconds: {
    type: 'gauge',
    help: 'Age of the oldest delivery that waits, by target key as in vaultstream_push_backlog.',
    labels: ['target'],
  },
  vaultstream_target_deliveries_last_day: {
    type: 'gauge',
    help: 'Deliveries made in the last 24 hours by target key (the 50 busiest, the rest as "other") and state of the ledger.',
    labels: ['target', 'state'],
  },
  vaultstream_open_deliveries: {
    type: 'gauge',
    help: 'Deliveries without their end: planned, held, sending, and unconfirmed, which a person must resolve.',
    labels: ['state'],
  },
  vaultstream_targets: {
    type: 'gauge',
    help: 'Targets by kind and state: ok, failing (at least one failure since the last success), disabled.',
    labels: ['kind', 'state'],
  },
  vaultstream_active_tokens: {
    type: 'gauge',
    help: 'API tokens that were used within the window: 1h, 1d, 7d.',
    labels: ['window'],
  },
  vaultstream_db_connections: {
    type: 'gauge',
    help: 'Client connections of the Postgres server by state: active, idle, idle_in_transaction, other.',
    labels: ['state'],
  },
  vaultstream_db_max_connections: {
    type: 'gauge',
    help: 'Connections that the Postgres server takes, those kept for its superuser left out.',
    labels: [],
  },
  vaultstream_db_size_bytes: { type: 'gauge', help: 'Bytes of the whole database on disk.', labels: [] },
  vaultstream_db_table_bytes: {
    type: 'gauge',
    help: 'Bytes of a table on disk with its indexes and long values; partitions are added up.',
    labels: ['table'],
  },
  vaultstream_db_table_rows: {
    type: 'gauge',
    help: 'Rows of a table as Postgres estimates them; partitions are added up.',
    labels: ['table'],
  },
} as const satisfies Record<string, MetricDefinition>;

/** The gauges of the elected process. */
export type DatabaseMetricName = keyof typeof databaseMetrics;
