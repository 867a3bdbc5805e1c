import type { BlobStore } from '@vaultstream/blobs';
import { crashPoint } from '@vaultstream/runtime';
import { claimTimes, type Blobs, type DeletionCap, type Doomed } from '@vaultstream/store';

/** Milliseconds. */
export interface GarbageTimes {
  /** From when a blob was last touched until it may be condemned. */
  graceMs: number;
  /** From when it was condemned until its bytes may be deleted. */
  delayMs: number;
  /** From when a delete was sent and not confirmed until it is sent again. */
  resendMs: number;
  /** From the commit of a tombstone until its delete must have been sent: far less than storers wait for a tombstone. */
  sendWithinMs: number;
  /** How long the tombstone of a confirmed delete is kept. */
  tombstoneMs: number;
  /** Blobs of one run, in each phase. */
  limit: number;
}

const hourMs = 3_600_000;

/** GitLab's online collection waits a day, and a day more. */
const defaults: GarbageTimes = {
  graceMs: 24 * hourMs,
  delayMs: 24 * hourMs,
  resendMs: hourMs,
  sendWithinMs: claimTimes.deleteInFlightMs / 10,
  tombstoneMs: 24 * hourMs,
  limit: 1_000,
};

/** A hundredth of all a day, as the garbage collectors of registries have it; 20 for those who keep little. */
const defaultCap: DeletionCap = { share: 0.01, least: 20, most: 1_000 };

export interface GarbageReport {
  condemned: number;
  deleted: number;
  /** Condemned before, and wanted again. */
  revived: number;
  /** Deleted. */
  bytes: number;
  /** Condemned, and there after this run. */
  waiting: number;
  /** Of these: due, and kept back by the cap on deletion. More than none is an alarm. */
  held: number;
}

/**
 * Collects bytes that nothing refers to, in two phases: a run condemns, a later run deletes. Any number may run at once, and any
 * may be killed at any point: what is condemned is revived by whoever stores it again; a delete that was not confirmed is sent again;
 * and nobody stores under a hash while a delete of it may be in flight.
 */
export class GarbageCollector {
  private readonly times: GarbageTimes;

  /** @param times Shorter ones for tests, as is a wider `cap`. */
  constructor(
    private readonly blobs: Blobs,
    private readonly store: BlobStore,
    times: Partial<GarbageTimes> = {},
    private readonly cap: DeletionCap = defaultCap,
  ) {
    this.times = { ...defaults, ...times };
  }

  /**
   * @param dryRun Only says what would be condemned.
   * @param signal Ends the run between two blobs.
   * @throws InfrastructureError when the database or the store is away; the next run goes on from there.
   */
  async collect({ dryRun = false, signal }: { dryRun?: boolean; signal?: AbortSignal } = {}): Promise<GarbageReport> {
    const report: GarbageReport = { condemned: 0, deleted: 0, revived: 0, bytes: 0, waiting: 0, held: 0 };
    const { collector } = this.blobs;
    const { graceMs, delayMs, resendMs, tombstoneMs, limit } = this.times;
    if (dryRun) {
      const { all: waiting } = await collector.countCondemned(delayMs);
      return { ...report, waiting, condemned: await collector.countCondemnable(graceMs) };
    }
    report.revived = await collector.reprieve(limit);
    const most = Math.min(limit, await collector.deletionsLeft(this.cap));
    while (report.deleted < most) {
      signal?.throwIfAborted();
      const startedAt = performance.now();
      const doomed = await collector.entomb(delayMs, resendMs, graceMs + delayMs);
      if (!doomed) break;
      if (!(await this.deleteBytes(doomed, startedAt))) continue;
      report.deleted++;
      report.bytes += doomed.size;
    }
    if (report.deleted >= most) report.held = (await collector.countCondemned(delayMs)).due;
    report.condemned = await collector.condemn(graceMs, limit);
    report.waiting = (await collector.countCondemned(delayMs)).all;
    await collector.dropTombstones(tombstoneMs, limit);
    return report;
  }

  /** Sends the delete only at once after its tombstone: one that was held up is left to the next run. */
  private async deleteBytes({ sha256, key }: Doomed, startedAt: number): Promise<boolean> {
    if (performance.now() - startedAt > this.times.sendWithinMs) return false;
    await this.store.delete(key);
    crashPoint('after-delete-before-row');
    await this.blobs.collector.confirmDeleted(sha256);
    return true;
  }
}
