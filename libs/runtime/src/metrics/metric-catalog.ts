/** What a metric is. Labels are bounded: no URL, id or message text. */
export interface MetricDefinition {
  type: 'counter' | 'gauge' | 'histogram';
  help: string;
  labels: readonly string[];
  /** Upper bounds of a histogram, in seconds. */
  buckets?: readonly number[];
}

const seconds = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 120] as const;

/** Every metric of ours, by the name that dashboards use. A new metric is a new entry here. */
export const metricCatalog = {
  vaultstream_queue_depth: { type: 'gauge', help: 'Tasks by queue and state.', labels: ['queue', 'state'] },
  vaultstream_queue_oldest_seconds: { type: 'gauge', help: 'Age of the oldest waiting task.', labels: ['queue'] },
  vaultstream_tasks_total: {
    type: 'counter',
    help: 'Task runs by outcome: done, retried, dead.',
    labels: ['queue', 'task', 'outcome'],
  },
  vaultstream_task_duration_seconds: {
    type: 'histogram',
    help: 'Time a task run took.',
    labels: ['queue', 'task'],
    buckets: seconds,
  },
  vaultstream_task_wait_seconds: {
    type: 'histogram',
    help: 'Time from when a task could run to when it did.',
    labels: ['queue'],
    buckets: seconds,
  },
  vaultstream_broker_up: { type: 'gauge', help: 'Whether a broker takes work: 1 or 0.', labels: ['broker'] },
  vaultstream_dead_letters: { type: 'gauge', help: 'Dead letters.', labels: ['queue'] },
  vaultstream_dead_letter_kinds: {
    type: 'gauge',
    help: 'Different failures among the dead letters (fingerprints): what alarms should go by.',
    labels: ['queue'],
  },
  vaultstream_contents: { type: 'gauge', help: 'Contents by platform and status.', labels: ['platform', 'status'] },
  vaultstream_contents_created_total: { type: 'counter', help: 'Contents created.', labels: ['platform'] },
  vaultstream_parse_total: {
    type: 'counter',
    help: 'Parses by outcome.',
    labels: ['platform', 'outcome', 'error_type'],
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
  vaultstream_feed_polls_total: {
    type: 'counter',
    help: 'Polls of feeds by outcome: new, nothing_new, unchanged, moved, failed, gone.',
    labels: ['outcome'],
  },
  vaultstream_blobs: { type: 'gauge', help: 'Stored blobs.', labels: [] },
  vaultstream_blob_bytes: { type: 'gauge', help: 'Bytes of stored blobs.', labels: [] },
  vaultstream_blob_dedupe_total: { type: 'counter', help: 'Files that were stored already.', labels: [] },
  vaultstream_blobs_damaged_total: {
    type: 'counter',
    help: 'Blobs whose stored bytes were found to be missing or others, by reason: altered, size, missing.',
    labels: ['reason'],
  },
  vaultstream_pushes_total: {
    type: 'counter',
    help: 'Pushes by target kind and outcome.',
    labels: ['kind', 'outcome'],
  },
  vaultstream_push_backlog: { type: 'gauge', help: 'Deliveries that wait, by target key.', labels: ['target'] },
  vaultstream_uploads_pending: { type: 'gauge', help: 'Uploads not completed.', labels: [] },
  vaultstream_orphans: { type: 'gauge', help: 'Stored files that nothing refers to.', labels: [] },
  vaultstream_db_pool_connections: { type: 'gauge', help: 'Database connections by state.', labels: ['state'] },
  vaultstream_event_loop_delay_seconds: {
    type: 'histogram',
    help: 'The longest delay of the event loop in each second. Alarm: anything above 0.25, for as long nobody was answered.',
    labels: [],
    buckets: seconds,
  },
  http_request_duration_seconds: {
    type: 'histogram',
    help: 'Time an HTTP request took, by route pattern.',
    labels: ['method', 'route', 'status'],
    buckets: seconds,
  },
} as const satisfies Record<string, MetricDefinition>;

type Catalog = typeof metricCatalog;
export type MetricName = keyof Catalog;
export type MetricNameOf<T extends MetricDefinition['type']> = {
  [N in MetricName]: Catalog[N]['type'] extends T ? N : never;
}[MetricName];
export type LabelOf<N extends MetricName> = Catalog[N]['labels'][number];
