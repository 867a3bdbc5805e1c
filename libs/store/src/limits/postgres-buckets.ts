import { SharedBuckets, type BucketState } from '@vaultstream/contracts';
import type { Database } from '../database/database.ts';
import type { Statements } from '../database/statements.ts';
import { Together } from '../tasks/together.ts';

interface Wish {
  key: string;
  /** Milliseconds between two calls. */
  stepMs: number;
}

interface TakenRow {
  key: string;
  /** Milliseconds until the bucket was full again before this statement, and is after it. */
  before: number;
  after: number;
}

/** What the keys of these cells begin with: the others are targets' (see push-limiter). */
const prefix = 'api:';
/** Milliseconds that a bucket takes to fill. */
const periodMs = 60_000;
/** Milliseconds between two clearances of a process, and cells that one takes at most: anybody can make one with each address that he has. */
const clearanceMs = 60_000;
const clearanceRows = 10_000;

/**
 * Buckets in Postgres, for replicas without Redis: the generic cell rate algorithm of MemoryRateLimiter by the database's clock. Calls that
 * come while others are under way go in one statement, and its commit is not waited for: what a falling server forgets of them is a moment.
 */
export class PostgresBuckets extends SharedBuckets {
  private readonly taking: Together<Wish, BucketState>;
  private clearedAt = performance.now();

  constructor(
    private readonly db: Database,
    /** For tests. */
    private readonly options: { clearanceMs?: number } = {},
  ) {
    super();
    this.taking = new Together((wishes) => this.takeAll(wishes));
  }

  override take(key: string, perMinute: number): Promise<BucketState> {
    return this.taking.do({ key: prefix + key, stepMs: periodMs / perMinute });
  }

  /** Of the calls for one key the first ones pass. */
  private async takeAll(wishes: readonly Wish[]): Promise<BucketState[]> {
    const calls = Map.groupBy(wishes, ({ key }) => key);
    let rows = await this.db.statement((client) => takeHeld(client, calls));
    const missing = [...calls].filter(([key]) => !rows.some((row) => row.key === key));
    if (missing.length > 0) {
      const made = new Map(missing);
      await this.db.statement((client) => makeCells(client, [...made.keys()]));
      rows = [...rows, ...(await this.db.statement((client) => takeHeld(client, made)))];
    }
    void this.clear();
    const buckets = new Map(rows.map(({ key, before, after }) => [key, { at: before, after }]));
    return wishes.map(({ key, stepMs }) => {
      const bucket = buckets.get(key);
      // Cleared away at this very moment: it was full.
      if (bucket === undefined) return { waitMs: 0, fullInMs: stepMs };
      // Half a step of grace for sums of fractions.
      if (bucket.at + stepMs / 2 > bucket.after)
        return { waitMs: Math.max(1, bucket.at + stepMs - periodMs), fullInMs: bucket.after };
      bucket.at += stepMs;
      return { waitMs: 0, fullInMs: bucket.after };
    });
  }

  /** Takes away the cells of full buckets: a missing cell is a full bucket. */
  private async clear(): Promise<void> {
    if (performance.now() - this.clearedAt < (this.options.clearanceMs ?? clearanceMs)) return;
    this.clearedAt = performance.now();
    // The next one will see whatever hinders this one.
    await this.db.statement((client) => clearCells(client)).catch(() => undefined);
  }
}

function takeHeld(client: Statements, calls: ReadonlyMap<string, readonly Wish[]>): Promise<TakenRow[]> {
  const keys = [...calls.keys()];
  const steps = [...calls.values()].map(([first]) => first?.stepMs ?? periodMs);
  const counts = [...calls.values()].map(({ length }) => length);
  return client.$queryRaw<TakenRow[]>`
    WITH relaxed AS MATERIALIZED (SELECT set_config('synchronous_commit', 'off', true)),
    held AS MATERIALIZED (
      SELECT c.key, c.tat FROM relaxed, limiter_cells c WHERE c.key = ANY(${keys}::text[]) ORDER BY c.key FOR UPDATE OF c),
    known AS MATERIALIZED (
      SELECT held.key, w.step, w.calls,
        greatest(0, extract(epoch FROM held.tat - clock_timestamp()) * 1000)::float8 AS before
      FROM held JOIN unnest(${keys}::text[], ${steps}::float8[], ${counts}::int[]) AS w(key, step, calls) ON w.key = held.key),
    taken AS MATERIALIZED (
      SELECT key, before,
        before + step * least(calls, greatest(0, floor((${periodMs}::float8 - before) / step + 1e-9))) AS after
      FROM known)
    UPDATE limiter_cells SET tat = clock_timestamp() + taken.after * interval '1 millisecond'
    FROM taken WHERE limiter_cells.key = taken.key
    RETURNING taken.key, taken.before, taken.after`;
}

async function makeCells(client: Statements, keys: readonly string[]): Promise<void> {
  await client.$executeRaw`
    INSERT INTO limiter_cells (key, tat) SELECT key, clock_timestamp() FROM unnest(${[...keys].sort()}::text[]) AS key
    ON CONFLICT (key) DO NOTHING`;
}

async function clearCells(client: Statements): Promise<void> {
  await client.$executeRaw`
    DELETE FROM limiter_cells WHERE key IN (
      SELECT key FROM limiter_cells WHERE starts_with(key, ${prefix}) AND tat < clock_timestamp()
      LIMIT ${clearanceRows}::int FOR UPDATE SKIP LOCKED)`;
}
