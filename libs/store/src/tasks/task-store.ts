import {
  TaskStore,
  type Burial,
  type ClaimedTask,
  type FailedTry,
  type Generation,
  type HandedOver,
  type Lease,
  type QueueName,
  type QueueStats,
  type Tx,
  type WakeUp,
} from '@vaultstream/contracts';
import type { Database } from '../database/database.ts';
import { openTx } from '../database/tx.ts';
import { Prisma } from '../generated/client.ts';
import { bury } from './bury.ts';
import { claimAll, type ClaimWish } from './claims.ts';
import * as handover from './handover.ts';
import { queueStats } from './queue-stats.ts';
import * as runs from './runs.ts';
import { Together } from './together.ts';

/** Runs whose lease ended that one sweep sets free; the next sweep takes the rest. */
const expiryBatch = 500;

/**
 * When a task whose run had no orderly end runs again: at once the first time, later at a moment of its own within seconds. A task that kills
 * its process has neighbours: run again with it each time, they would count as many deaths as it does, and be taken for poison too.
 */
const apart = Prisma.sql`CASE WHEN starts - failures < 2 THEN run_at
  ELSE clock_timestamp() + random() * least(starts - failures, 10) * interval '0.5 s' END`;

/**
 * The `tasks` table as the relay and the workers see it. What locks one row, or skips locked ones, is a statement of its own and
 * needs no transaction; what may wait for several rows goes through `transact`, which runs it again after a deadlock.
 */
export class PostgresTaskStore extends TaskStore {
  private readonly claims: Together<ClaimWish, ClaimedTask | null>;
  private readonly ends: Together<{ lease: Lease; redoable: boolean }, boolean>;

  constructor(private readonly db: Database) {
    super();
    this.claims = new Together((wishes) => db.statement((client) => claimAll(client, wishes)));
    // The tasks of a chunk that have nothing to write end in the same moment.
    this.ends = new Together((ends) => db.statement((client) => runs.finishAll(client, ends)), setImmediate);
  }

  override takeReady(bounds: Partial<Record<QueueName, number>>, broker: string): Promise<WakeUp[]> {
    return this.db.statement((client) => handover.takeReady(client, bounds, broker));
  }

  override async noteFlood(): Promise<void> {
    await this.db.reading((client) => client.$executeRaw`ANALYZE (SKIP_LOCKED) tasks`);
  }

  override nextDueMs(queues: readonly QueueName[]): Promise<number | null> {
    return this.db.reading((client) => handover.nextDueMs(client, queues));
  }

  override putBack(generations: readonly Generation[], delayMs = 0): Promise<number> {
    return this.db.transact((tx) => handover.putBack(openTx(tx), generations, delayMs));
  }

  override staleQueued(olderThanMs: number, limit: number): Promise<HandedOver[]> {
    return this.db.statement((client) => handover.staleQueued(client, olderThanMs, limit));
  }

  override confirmQueued(generations: readonly Generation[]): Promise<void> {
    return this.db.transact((tx) => handover.confirmQueued(openTx(tx), generations));
  }

  override claim(wakeUp: Generation, worker: string, leaseMs: number): Promise<ClaimedTask | null> {
    return this.claims.do({ ...wakeUp, worker, leaseMs });
  }

  override async claimAll(tasks: readonly Generation[], worker: string, leaseMs: number): Promise<ClaimedTask[]> {
    const claimed = await this.claims.doAll(tasks.map((task) => ({ ...task, worker, leaseMs })));
    return claimed.filter((task) => task !== null);
  }

  override renew(lease: Lease, leaseMs: number): Promise<boolean> {
    return this.db.statement((client) => runs.renew(client, lease, leaseMs));
  }

  override assertHeld(tx: Tx, lease: Lease): Promise<void> {
    return runs.assertHeld(openTx(tx), lease);
  }

  override finish(tx: Tx, lease: Lease, redoable = false): Promise<void> {
    return runs.finish(openTx(tx), lease, redoable);
  }

  override async finishAlone(lease: Lease, redoable: boolean): Promise<void> {
    runs.expectHeld((await this.ends.do({ lease, redoable })) ? 1 : 0);
  }

  override retry(lease: Lease, failure: Omit<FailedTry, 'at'>, delayMs: number): Promise<void> {
    return this.db.statement((client) => runs.retry(client, lease, failure, delayMs));
  }

  override defer(lease: Lease, delayMs: number, work?: (tx: Tx) => Promise<void>): Promise<void> {
    if (work === undefined) return this.db.statement((client) => runs.defer(client, lease, delayMs));
    return this.db.transact(async (tx) => {
      await runs.defer(openTx(tx), lease, delayMs);
      await work(tx);
    });
  }

  override handBack(leases: readonly Lease[]): Promise<void> {
    return this.db.transact((tx) => runs.handBack(openTx(tx), leases));
  }

  override bury(lease: Lease, burial: Burial, onDead?: (tx: Tx) => Promise<void>): Promise<void> {
    return this.db.transact(async (tx) => {
      await bury(tx, lease, burial);
      await onDead?.(tx);
    });
  }

  override expireLeases(): Promise<number> {
    return this.db.reading(
      (client) => client.$executeRaw`
        UPDATE tasks SET state = 'ready', lease_until = NULL, leased_by = NULL, broker = NULL, queued_at = NULL, run_at = ${apart}
        WHERE id IN (SELECT id FROM tasks WHERE state = 'running' AND lease_until < clock_timestamp()
                     ORDER BY lease_until LIMIT ${expiryBatch} FOR UPDATE SKIP LOCKED)`,
    );
  }

  override releaseAll(): Promise<number> {
    return this.db.transact(
      (tx) => openTx(tx).$executeRaw`
        UPDATE tasks SET state = 'ready', lease_until = NULL, leased_by = NULL, broker = NULL, queued_at = NULL, run_at = ${apart}
        WHERE state IN ('queued', 'running')`,
    );
  }

  override stats(): Promise<QueueStats[]> {
    return this.db.reading((client) => queueStats(client));
  }
}
