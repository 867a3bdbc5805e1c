import type { PayloadOf, TaskName } from './tasks.ts';
import type { TraceContext } from './trace.ts';

/**
 * Ports: what one room needs from another, as abstract classes so that they serve as injection tokens too.
 * An app wires the implementation; nouns never import each other.
 */

declare const txBrand: unique symbol;
/** An open database transaction. Opaque: only `store` looks inside. */
export interface Tx {
  readonly [txBrand]: never;
}

/** Runs functions in short database transactions. No network or file I/O may happen inside. */
export abstract class UnitOfWork {
  /**
   * Commits when `work` returns, rolls back when it throws. Serialization failures and deadlocks (40001, 40P01) are retried
   * three times with the same `work`, so it must have no effect outside the transaction.
   * @throws InfrastructureError when the database is away, or when none of these tries got through.
   */
  abstract transact<T>(work: (tx: Tx) => Promise<T>): Promise<T>;
}

/** A task to append. */
export interface NewTask<N extends TaskName = TaskName> {
  name: N;
  payload: PayloadOf<N>;
  /** Unique while the task lives; appending a live key answers with the live task. Such as `content.parse:42`. */
  dedupeKey?: string;
  /** 1 (first) to 10 (last). */
  priority?: number;
  /** Milliseconds from now, by the database's clock. */
  delayMs?: number;
  /** Its work is asked for the first time ever (the content was made just now): there is no dead letter that it could close. */
  isFirst?: boolean;
  trace: TraceContext;
}

/** A distributive union: each name with its own payload. */
export type AnyNewTask = { [N in TaskName]: NewTask<N> }[TaskName];

export interface TaskRef {
  id: string;
  /** False when the dedupe key was taken and the live task is answered. */
  created: boolean;
}

/** The task log: appends tasks in the same transaction as the rows that they belong to. Implemented by `store`. */
export abstract class TaskLog {
  abstract append(tx: Tx, tasks: AnyNewTask[]): Promise<TaskRef[]>;
  /** Removes the live tasks (in any state) of a deleted or merged content; a running one loses its fence. Answers how many. */
  abstract cancelForContent(tx: Tx, contentId: number): Promise<number>;
}

/** What a token may do. `admin` includes all others. */
export const scopes = ['read', 'write', 'push', 'admin'] as const;
export type Scope = (typeof scopes)[number];

export interface Principal {
  tokenId: string;
  name: string;
  scopes: Scope[];
}

/** Looks a presented token up. Implemented by `store`. */
export abstract class TokenVerifier {
  /**
   * Answers null for an unknown, expired or revoked token.
   * @param how `fresh`: what is remembered of the token does not count, it is looked up.
   */
  abstract verify(presented: string, how?: { fresh: boolean }): Promise<Principal | null>;
}

/** The state of one part for `/health`. */
export interface ComponentHealth {
  status: 'ok' | 'down';
  detail?: string;
}

/** A health check that a module contributes. */
export interface HealthCheck {
  component: 'database' | 'queue' | 'storage' | 'secrets';
  check(): Promise<ComponentHealth>;
}

/** Counts calls. Shared by all API replicas in scale, in memory otherwise. */
export abstract class RateLimiter {
  /**
   * Takes one call from the bucket of `key`, which holds and refills `perMinute` calls.
   * `retryAfterMs` is the wait until the next call would pass; 0 when this one did.
   */
  abstract take(key: string, perMinute: number): Promise<{ ok: boolean; retryAfterMs: number }>;
}

/** How a bucket is after a call was taken from it, or refused. */
export interface BucketState {
  /** Milliseconds until the next call would pass; 0 when this one did. */
  waitMs: number;
  /** Milliseconds until the bucket is full again. */
  fullInMs: number;
}

/** Where replicas keep the buckets that they count with together. */
export abstract class SharedBuckets {
  /** As `RateLimiter.take`. @throws any error while the place cannot be asked. */
  abstract take(key: string, perMinute: number): Promise<BucketState>;
}

/** One use of an `Idempotency-Key`: who, on which route (`POST /api/v1/shares`), under which key. */
export interface IdempotencyUse {
  principalId: string;
  route: string;
  key: string;
}

/** An HTTP answer as it is replayed. `body` is JSON. */
export interface StoredAnswer {
  status: number;
  body: unknown;
}

/** What is known of a key when it is presented. */
export type IdempotencyState =
  | { state: 'new' } // claimed for the caller, who must complete or abandon it
  | ({ state: 'done' } & StoredAnswer)
  | { state: 'mismatch' } // the key was used with another body
  | { state: 'busy' }; // another call with it is running

/** Remembers the answers of calls that bear an `Idempotency-Key`. Implemented by `store`. */
export abstract class IdempotencyStore {
  /**
   * Claims the key, atomically, or says what is known of it. A claim whose owner died may be given out again after a time
   * longer than any request takes.
   * @param bodyHash Hex SHA-256 of the request's path, query and body.
   */
  abstract begin(use: IdempotencyUse, bodyHash: string): Promise<IdempotencyState>;
  /** Keeps the answer of a claimed key. */
  abstract complete(use: IdempotencyUse, answer: StoredAnswer): Promise<void>;
  /** Gives a claimed key back: the call failed and may be tried again. */
  abstract abandon(use: IdempotencyUse): Promise<void>;
}
