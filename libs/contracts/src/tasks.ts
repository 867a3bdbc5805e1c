import { z } from 'zod';

/**
 * The task catalog: every task name, payload schema, retry policy, timeout and concurrency.
 * No queue name or task name is written as a string anywhere else. To add a task: one entry here and exactly one
 * handler (`libs/tasks` refuses to compile and to boot without it).
 *
 * Payloads carry ids only (they are readable in the broker). A new field must be `.optional()`: tasks appended by the
 * previous release must still parse.
 */

export interface QueueDefinition {
  /** How many tasks a process works on at once unless the environment says otherwise. */
  concurrency: number;
  /**
   * Most tasks that one wake-up may bear when many are due. More than 1 is for tasks of milliseconds, which cost the broker more than they take:
   * all of a chunk go to one process. What waits for the network, or keeps a core busy, goes alone.
   */
  tasksPerWakeUp: number;
}

/** What kind of worker consumes a queue. */
export const queues = {
  // Parses wait for the network most of their time.
  parse: { concurrency: 16, tasksPerWakeUp: 1 },
  media: { concurrency: 2, tasksPerWakeUp: 1 },
  // What becomes of a content that has been read: rows only.
  plan: { concurrency: 4, tasksPerWakeUp: 64 },
  push: { concurrency: 8, tasksPerWakeUp: 1 },
  // Two: a backup may take hours, and the rest goes on beside it.
  upkeep: { concurrency: 2, tasksPerWakeUp: 1 },
} as const satisfies Record<string, QueueDefinition>;
export type QueueName = keyof typeof queues;
export const queueNames = Object.keys(queues) as QueueName[];

export interface TaskDefinition<Q extends QueueName = QueueName, S extends z.ZodType = z.ZodType> {
  queue: Q;
  payload: S;
  /** Milliseconds to wait before each retry; its length is the number of retries after the first try. */
  retryDelaysMs: readonly number[];
  /** Milliseconds that whoever is asked may put a retry off at most (`Retry-After`): a stranger's word must not park our work. */
  longestAskMs: number;
  /** Milliseconds after which a run is aborted (a retryable failure). */
  timeoutMs: number;
  /** Milliseconds a claim holds without renewal; renewed every third of it. */
  leaseMs: number;
  /**
   * Whether its last commit need not reach the disk before it counts. Should the database's machine fall within the next moment, result and task
   * come back to where they were, together, and it is done again: right for work whose only effects are rows (and bytes under their hash),
   * wrong for a message that has left.
   */
  redoable: boolean;
}

function task<Q extends QueueName, S extends z.ZodType>(definition: TaskDefinition<Q, S>): TaskDefinition<Q, S> {
  return definition;
}

/** Tries at t = 0, 1, 3 and 7 s (S0 section 5.2). */
const standardRetry = [1_000, 2_000, 4_000] as const;

/** Of pages and pictures: anybody's server. */
const strangersAskMs = 300_000;
/** Of targets: somebody has chosen them. */
const targetsAskMs = 86_400_000;

/** Standard Webhooks / Svix: 5 s, 5 min, 30 min, 2 h, 5 h, 10 h, 10 h, after the first try. */
export const webhookRetryDelaysMs = [5_000, 300_000, 1_800_000, 7_200_000, 18_000_000, 36_000_000, 36_000_000] as const;

const leaseMs = 15_000;

/**
 * What can be made of a stored picture. A change that changes its bytes is a new version.
 * `photo.v1`: JPEG on white, width + height <= 10,000, no edge longer than 20 times the other, <= 5 MB: what Telegram takes as a photo.
 */
export const renditionPresets = ['photo.v1'] as const;
export type RenditionPreset = (typeof renditionPresets)[number];

export const tasks = {
  /** Reads a shared URL through its platform adapter. */
  'content.parse': task({
    queue: 'parse',
    payload: z.object({
      content_id: z.int().positive(),
      /** Of a re-parse: a PULLED content is read again if an older parser than this has read it. */
      below_version: z.int().positive().optional(),
    }),
    retryDelaysMs: standardRetry,
    longestAskMs: strangersAskMs,
    timeoutMs: 90_000,
    leaseMs,
    redoable: true,
  }),
  /** Reads the examples of the platforms that are watched. Appended by a `schedules` row. */
  'platforms.canary': task({
    queue: 'parse',
    payload: z.object({}),
    retryDelaysMs: standardRetry,
    longestAskMs: strangersAskMs,
    // Each has 30 seconds.
    timeoutMs: 900_000,
    leaseMs,
    redoable: true,
  }),
  /** Asks a feed for what is new; without a feed, hands out polls of all whose time has come (appended by a `schedules` row). */
  'feed.poll': task({
    queue: 'parse',
    payload: z.object({ feed_id: z.uuid().optional() }),
    retryDelaysMs: standardRetry,
    longestAskMs: strangersAskMs,
    timeoutMs: 120_000,
    leaseMs,
    redoable: true,
  }),
  /** Fetches, converts and stores one picture. */
  'media.archive': task({
    queue: 'media',
    payload: z.object({ media_id: z.uuid(), content_id: z.int().positive() }),
    retryDelaysMs: standardRetry,
    longestAskMs: strangersAskMs,
    timeoutMs: 120_000,
    leaseMs,
    redoable: true,
  }),
  /** Makes a named rendition of a stored picture, for services that do not take what the archive holds. */
  'media.render': task({
    queue: 'media',
    payload: z.object({
      media_id: z.uuid(),
      content_id: z.int().positive(),
      preset: z.enum(renditionPresets),
    }),
    retryDelaysMs: standardRetry,
    longestAskMs: strangersAskMs,
    timeoutMs: 120_000,
    leaseMs,
    redoable: true,
  }),
  /** After the settle deadline, delivery goes on with the pictures that are there. */
  'content.settle': task({
    queue: 'plan',
    payload: z.object({ content_id: z.int().positive(), parse_generation: z.int().nonnegative() }),
    retryDelaysMs: standardRetry,
    longestAskMs: strangersAskMs,
    timeoutMs: 30_000,
    leaseMs,
    redoable: true,
  }),
  /** Deletes stored bytes that nothing has referred to for days. Appended by a `schedules` row. */
  'blobs.collect': task({
    queue: 'media',
    payload: z.object({}),
    retryDelaysMs: standardRetry,
    longestAskMs: strangersAskMs,
    timeoutMs: 300_000,
    leaseMs,
    redoable: false,
  }),
  /** Reads a bounded share of the stored bytes a day and notes what is missing or altered. Appended by a `schedules` row. */
  'blobs.verify': task({
    queue: 'media',
    payload: z.object({}),
    retryDelaysMs: standardRetry,
    longestAskMs: strangersAskMs,
    timeoutMs: 300_000,
    leaseMs,
    redoable: false,
  }),
  /** Lets the rules decide where a settled content goes: one ledger row per target. */
  'delivery.plan': task({
    queue: 'plan',
    payload: z.object({ content_id: z.int().positive() }),
    retryDelaysMs: standardRetry,
    longestAskMs: strangersAskMs,
    timeoutMs: 30_000,
    leaseMs,
    redoable: true,
  }),
  /** Sends one ledger row. Its waits are its target's own (`Later`); these delays are for what surely was not sent. */
  'delivery.send': task({
    queue: 'push',
    payload: z.object({ delivery_id: z.uuid(), content_id: z.int().positive(), target_id: z.uuid() }),
    retryDelaysMs: webhookRetryDelaysMs,
    longestAskMs: targetsAskMs,
    timeoutMs: 60_000,
    leaseMs,
    redoable: false,
  }),
  /** Periodic cleaning: event partitions, used-up idempotency keys, dead letters, retention. Appended by a `schedules` row. */
  'upkeep.run': task({
    queue: 'upkeep',
    payload: z.object({
      job: z.enum(['events', 'idempotency', 'dead_letters', 'retention', 'search_texts', 'secrets']),
    }),
    retryDelaysMs: standardRetry,
    longestAskMs: strangersAskMs,
    timeoutMs: 300_000,
    leaseMs,
    redoable: false,
  }),
  /** Makes the backup of the night, and lets old ones go. Appended by a `schedules` row. */
  'backup.run': task({
    queue: 'upkeep',
    payload: z.object({}),
    // A disk that is full may have room again soon: a minute, ten minutes.
    retryDelaysMs: [60_000, 600_000],
    longestAskMs: strangersAskMs,
    // The first one of a large vault copies every file.
    timeoutMs: 6 * 3_600_000,
    leaseMs,
    redoable: false,
  }),
} as const satisfies Record<string, TaskDefinition>;

export type TaskName = keyof typeof tasks;
export const taskNames = Object.keys(tasks) as TaskName[];
export type PayloadOf<N extends TaskName> = z.infer<(typeof tasks)[N]['payload']>;
/** The task names of some queues: what a worker process must have handlers for. */
export type TaskNameOf<Q extends QueueName> = {
  [N in TaskName]: (typeof tasks)[N]['queue'] extends Q ? N : never;
}[TaskName];

/** Tries in all: the first one and each retry. */
export function maxAttempts(name: TaskName): number {
  return tasks[name].retryDelaysMs.length + 1;
}

/**
 * Milliseconds until a task is tried again; null when no try is left.
 * @param failures How many tries had failed before this one.
 * @param askedMs What the other side has asked for: counts up to `longestAskMs`.
 */
export function retryDelayMs(
  policy: Pick<TaskDefinition, 'retryDelaysMs' | 'longestAskMs'>,
  failures: number,
  askedMs = 0,
): number | null {
  const delayMs = policy.retryDelaysMs[failures];
  return delayMs === undefined ? null : Math.max(delayMs, Math.min(askedMs, policy.longestAskMs));
}

/** Priorities: 1 runs first, 10 last. */
export const defaultPriority = 5;
