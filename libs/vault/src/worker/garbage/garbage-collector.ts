import { Deadline, TooLate, type BlobStore } from '@vaultstream/blobs';
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
  /** From before a tombstone is written until its delete must have been sent: far less than storers wait for one that is not confirmed. */
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
 * and nobody stores under a hash while a delete of it may be in flight: until it is confirmed, and none that was sent, or is still to be
 * sent by a process that was paused, has an effect after its deadline.
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
    const { mayDelete } = await collector.deletionsAllowed(this.cap);
    const rules = { delayMs, resendMs, damagedMs: graceMs + delayMs, mayDelete };
    while (report.deleted < limit) {
      signal?.throwIfAborted();
      const deadline = new Deadline(this.times.sendWithinMs);
      const doomed = await collector.entomb(rules);
      if (!doomed) break;
      if (!(await this.deleteBytes(doomed, deadline))) continue;
      report.deleted++;
      report.bytes += doomed.size;
    }
    const { left } = await collector.deletionsAllowed(this.cap);
    if (left === 0 || report.deleted >= limit) report.held = (await collector.countCondemned(delayMs)).due;
    report.condemned = await collector.condemn(graceMs, limit);
    report.waiting = (await collector.countCondemned(delayMs)).all;
    await collector.dropTombstones(tombstoneMs, limit);
    return report;
  }

  /** False when it was held up until the deadline: the delete was not sent, and is left to a later run. */
  private async deleteBytes(doomed: Doomed, deadline: Deadline): Promise<boolean> {
    try {
      await this.store.delete(doomed.key, deadline);
    } catch (error) {
      if (error instanceof TooLate) return false;
      throw error;
    }
    crashPoint('after-delete-before-row');
    await this.blobs.collector.confirmDeleted(doomed);
    return true;
  }
}
