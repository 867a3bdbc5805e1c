import { databaseMetrics } from './database-metrics.ts';
import { seconds, shortSeconds, type MetricDefinition } from './metric-definition.ts';

/** Metrics that every process keeps of itself. */
const processMetrics = {
  vaultstream_build_info: {
    type: 'gauge',
    help: 'Always 1: what runs. `revision` is the commit (VAULTSTREAM_REVISION), or unknown.',
    labels: ['version', 'revision', 'node', 'service'],
  },
  vaultstream_leader: {
    type: 'gauge',
    help: 'Whether this process is the elected one of a role: 1 or 0. `metrics` reads the gauges of the database.',
    labels: ['role'],
  },
  vaultstream_collect_failures_total: {
    type: 'counter',
    help: 'Times that values could not be read for a scrape, by what was to be read.',
    labels: ['collector'],
  },
  vaultstream_tasks_total: {
    type: 'counter',
    help: 'Task runs by outcome: done, retried, dead; deferred (not now, no try spent), fenced (lease lost), unsaved (database away).',
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
  vaultstream_contents_created_total: { type: 'counter', help: 'Contents created.', labels: ['platform'] },
  vaultstream_parse_total: {
    type: 'counter',
    help: 'Parses by outcome: recorded, merged, gone, error. `error_type` is empty unless it is error.',
    labels: ['platform', 'outcome', 'error_type'],
  },
  vaultstream_parse_duration_seconds: {
    type: 'histogram',
    help: 'Time that reading a page and writing down what it says took, failed reads included.',
    labels: ['platform'],
    buckets: seconds,
  },
  vaultstream_feed_polls_total: {
    type: 'counter',
    help: 'Polls of feeds by outcome: new, nothing_new, unchanged, moved, failed, gone.',
    labels: ['outcome'],
  },
  vaultstream_media_total: {
    type: 'counter',
    help: 'Pictures by how they ended: stored, skipped, failed.',
    labels: ['outcome'],
  },
  vaultstream_blob_dedupe_total: { type: 'counter', help: 'Files that were stored already.', labels: [] },
  vaultstream_blobs_damaged_total: {
    type: 'counter',
    help: 'Blobs whose stored bytes were found to be missing or others, by reason: altered, size, missing.',
    labels: ['reason'],
  },
  vaultstream_scrub_blobs_total: {
    type: 'counter',
    help: 'Blobs that the daily check has read, by outcome: ok, corrupt, missing.',
    labels: ['outcome'],
  },
  vaultstream_scrub_bytes_total: { type: 'counter', help: 'Bytes that the daily check has read.', labels: [] },
  vaultstream_pushes_total: {
    type: 'counter',
    help: 'Pushes by target kind and outcome: sent, failed (one try), rate_limited, unconfirmed.',
    labels: ['kind', 'outcome'],
  },
  vaultstream_uploads_pending: { type: 'gauge', help: 'Uploads not completed.', labels: [] },
  vaultstream_db_pool_connections: {
    type: 'gauge',
    help: "Connections of this process's pool by state: active, idle; waiting: callers without one.",
    labels: ['state'],
  },
  vaultstream_db_query_duration_seconds: {
    type: 'histogram',
    help: 'Time until Postgres had answered a statement, by its first word: select, insert, update, delete, with, commit, other.',
    labels: ['operation'],
    buckets: shortSeconds,
  },
  vaultstream_db_slow_queries_total: {
    type: 'counter',
    help: 'Statements that took longer than a second.',
    labels: [],
  },
  vaultstream_storage_request_duration_seconds: {
    type: 'histogram',
    help: 'Time a call of the object store took by backend (local, s3), operation (put, head, get, delete, check) and outcome (ok, error).',
    labels: ['backend', 'operation', 'outcome'],
    buckets: shortSeconds,
  },
  vaultstream_disk_free_bytes: {
    type: 'gauge',
    help: 'Bytes that this process may still write on the volume of a folder: data, blobs (local storage), log.',
    labels: ['volume'],
  },
  vaultstream_disk_size_bytes: { type: 'gauge', help: 'Bytes of the volume of a folder.', labels: ['volume'] },
  vaultstream_disk_io_bytes_total: {
    type: 'counter',
    help: 'Bytes that this process has had read from and written to disks (Linux): read, write.',
    labels: ['direction'],
  },
  vaultstream_network_bytes_total: {
    type: 'counter',
    help: 'Bytes over the network interfaces of the machine or container, loopback left out (Linux): receive, transmit.',
    labels: ['direction'],
  },
  vaultstream_memory_limit_bytes: {
    type: 'gauge',
    help: 'Memory that this process may use: the limit of its container, else that of the machine.',
    labels: [],
  },
  vaultstream_cpu_cores: { type: 'gauge', help: 'Processors that this process may use.', labels: [] },
  vaultstream_log_lines_lost_total: {
    type: 'counter',
    help: 'Lines that could not be written into LOG_FILE (a full disk, say).',
    labels: [],
  },
  vaultstream_event_loop_delay_seconds: {
    type: 'histogram',
    help: 'The longest delay of the event loop in each second. Alarm: anything above 0.25, for as long nobody was answered.',
    labels: [],
    buckets: seconds,
  },
  vaultstream_trace_export_failures_total: {
    type: 'counter',
    help: 'Batches of spans that could not be exported and are lost.',
    labels: [],
  },
  http_request_duration_seconds: {
    type: 'histogram',
    help: 'Time an HTTP request took, by route pattern.',
    labels: ['method', 'route', 'status'],
    buckets: seconds,
  },
} as const satisfies Record<string, MetricDefinition>;

/** Every metric of ours, by the name that dashboards use. A new metric is a new entry in one of the two lists. */
export const metricCatalog = { ...processMetrics, ...databaseMetrics };

type Catalog = typeof metricCatalog;
export type MetricName = keyof Catalog;
export type MetricNameOf<T extends MetricDefinition['type']> = {
  [N in MetricName]: Catalog[N]['type'] extends T ? N : never;
}[MetricName];
export type LabelOf<N extends MetricName> = Catalog[N]['labels'][number];
