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
/** Milliseconds between two clearances of a process: anybody can make a cell with each address that he has. */
const clearanceMs = 60_000;
/** Milliseconds that a bucket has been full when its cell is cleared away: one that was just made is about to be used. */
const fullForMs = 10_000;
/** Cells of one statement. */
const clearanceRows = 10_000;
/** Times that a missing cell is made. */
const makings = 3;

/**
 * Buckets in Postgres, for replicas without Redis: the generic cell rate algorithm of MemoryRateLimiter by the database's clock. Calls that
 * come while others are under way go in one statement, and its commit is not waited for: what a falling server forgets of them is a moment.
 */
export class PostgresBuckets extends SharedBuckets {
  private readonly taking: Together<Wish, BucketState>;
  private clearedAt = performance.now();

  constructor(
    private readonly db: Database,
    /** In place of the constants: for tests. */
    private readonly options: { clearanceMs?: number; fullForMs?: number } = {},
  ) {
    super();
    this.taking = new Together((wishes) => this.takeAll(wishes));
  }

  override take(key: string, perMinute: number): Promise<BucketState> {
    return this.taking.do({ key: prefix + key, stepMs: periodMs / perMinute });
  }

  /** Of the calls for one key the first ones pass. */
  private async takeAll(wishes: readonly Wish[]): Promise<BucketState[]> {
    const buckets = await this.takeHeld(Map.groupBy(wishes, ({ key }) => key));
    void this.clear();
    return wishes.map(({ key, stepMs }) => {
      const bucket = buckets.get(key);
      if (bucket === undefined) throw new Error('a cell vanishes as often as it is made');
      // Half a step of grace for sums of fractions.
      if (bucket.before + stepMs / 2 > bucket.after)
        return { waitMs: Math.max(1, bucket.before + stepMs - periodMs), fullInMs: bucket.after };
      bucket.before += stepMs;
      return { waitMs: 0, fullInMs: bucket.after };
    });
  }

  private async takeHeld(calls: Map<string, Wish[]>): Promise<Map<string, TakenRow>> {
    const taken = new Map<string, TakenRow>();
    for (let made = 0; ; made++) {
      const missing = new Map([...calls].filter(([key]) => !taken.has(key)));
      for (const row of await this.db.statement((client) => takeHeld(client, missing))) taken.set(row.key, row);
      if (taken.size === calls.size || made === makings) return taken;
      const keys = [...missing.keys()].filter((key) => !taken.has(key));
      await this.db.statement((client) => makeCells(client, keys));
    }
  }

  /** Takes away the cells of full buckets: a missing cell is a full bucket. */
  private async clear(): Promise<void> {
    if (performance.now() - this.clearedAt < (this.options.clearanceMs ?? clearanceMs)) return;
    this.clearedAt = performance.now();
    const full = this.options.fullForMs ?? fullForMs;
    try {
      while ((await this.db.statement((client) => clearCells(client, full))) === clearanceRows);
    } catch {
      // The next one will see whatever hinders this one.
    }
  }
}

/**
 * Lets as many calls pass as each bucket has room for. Refused ones write nothing. A time further away than an empty bucket's is of a clock
 * that has gone back since, and is cut.
 */
function takeHeld(client: Statements, calls: ReadonlyMap<string, readonly Wish[]>): Promise<TakenRow[]> {
  const keys = [...calls.keys()];
  const steps = [...calls.values()].map(([first]) => first?.stepMs ?? periodMs);
  const counts = [...calls.values()].map(({ length }) => length);
  return client.$queryRaw<TakenRow[]>`
    WITH relaxed AS MATERIALIZED (SELECT set_config('synchronous_commit', 'off', true)),
    held AS MATERIALIZED (
      SELECT c.key, c.tat FROM relaxed, limiter_cells c WHERE c.key = ANY(${keys}::text[]) ORDER BY c.key FOR UPDATE OF c),
    seen AS MATERIALIZED (SELECT key, tat, clock_timestamp() AS now FROM held),
    known AS MATERIALIZED (
      SELECT seen.key, seen.now, w.step, w.calls, extract(epoch FROM seen.tat - seen.now) * 1000 > ${periodMs}::float8 AS beyond,
        least(${periodMs}::float8, greatest(0, extract(epoch FROM seen.tat - seen.now) * 1000))::float8 AS before
      FROM seen JOIN unnest(${keys}::text[], ${steps}::float8[], ${counts}::int[]) AS w(key, step, calls) ON w.key = seen.key),
    taken AS MATERIALIZED (
      SELECT key, now, beyond, before,
        before + step * least(calls, greatest(0, floor((${periodMs}::float8 - before) / step + 1e-9))) AS after
      FROM known),
    written AS (
      UPDATE limiter_cells SET tat = taken.now + taken.after * interval '1 millisecond'
      FROM taken WHERE limiter_cells.key = taken.key AND (taken.after > taken.before OR taken.beyond))
    SELECT key, before, after FROM taken`;
}

async function makeCells(client: Statements, keys: readonly string[]): Promise<void> {
  await client.$executeRaw`
    INSERT INTO limiter_cells (key, tat) SELECT key, clock_timestamp() FROM unnest(${[...keys].sort()}::text[]) AS key
    ON CONFLICT (key) DO NOTHING`;
}

/** How many went. */
function clearCells(client: Statements, fullMs: number): Promise<number> {
  return client.$executeRaw`
    DELETE FROM limiter_cells WHERE key IN (
      SELECT key FROM limiter_cells
      WHERE starts_with(key, ${prefix}) AND tat < clock_timestamp() - ${fullMs}::float8 * interval '1 millisecond'
      LIMIT ${clearanceRows}::int FOR UPDATE SKIP LOCKED)`;
}
