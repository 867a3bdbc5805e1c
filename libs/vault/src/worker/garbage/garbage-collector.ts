import type { BlobStore } from '@vaultstream/blobs';
import { crashPoint } from '@vaultstream/runtime';
import { claimTimes, type Blobs, type Doomed } from '@vaultstream/store';

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

export interface GarbageReport {
  condemned: number;
  deleted: number;
  /** Condemned before, and wanted again. */
  revived: number;
  /** Deleted. */
  bytes: number;
}

/**
 * Collects bytes that nothing refers to, in two phases: a run condemns, a later run deletes. Any number may run at once, and any
 * may be killed at any point: what is condemned is revived by whoever stores it again; a delete that was not confirmed is sent again;
 * and nobody stores under a hash while a delete of it may be in flight.
 */
export class GarbageCollector {
  private readonly times: GarbageTimes;

  /** @param times Shorter ones for tests. */
  constructor(
    private readonly blobs: Blobs,
    private readonly store: BlobStore,
    times: Partial<GarbageTimes> = {},
  ) {
    this.times = { ...defaults, ...times };
  }

  /**
   * @param dryRun Only says what would be condemned.
   * @throws InfrastructureError when the database or the store is away; the next run goes on from there.
   */
  async collect({ dryRun = false }: { dryRun?: boolean } = {}): Promise<GarbageReport> {
    const report: GarbageReport = { condemned: 0, deleted: 0, revived: 0, bytes: 0 };
    const { collector } = this.blobs;
    const { graceMs, delayMs, resendMs, tombstoneMs, limit } = this.times;
    if (dryRun) return { ...report, condemned: await collector.countCondemnable(graceMs) };
    report.revived = await collector.reprieve(limit);
    while (report.deleted < limit) {
      const startedAt = performance.now();
      const doomed = await collector.entomb(delayMs, resendMs);
      if (!doomed) break;
      if (!(await this.deleteBytes(doomed, startedAt))) continue;
      report.deleted++;
      report.bytes += doomed.size;
    }
    report.condemned = await collector.condemn(graceMs, limit);
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
