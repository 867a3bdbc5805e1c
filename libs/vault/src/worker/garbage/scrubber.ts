import { checkWhole, isDamage, type BlobStore } from '@vaultstream/blobs';
import { isVaultError } from '@vaultstream/contracts';
import type { Metrics } from '@vaultstream/runtime';
import type { BlobRecord, ScrubLog, ScrubProgress } from '@vaultstream/store';
import type { DamageRecorder } from '../../reads/damage-recorder.ts';

const outcomes = ['ok', 'corrupt', 'missing'] as const;
type Outcome = (typeof outcomes)[number];

/** How much the check does at once; smaller in tests. */
export interface ScrubLimits {
  /** Bytes a day: the share is done with the blob that reaches it. */
  dailyBytes: number;
  /** Blobs between two notes of how far it is: what a killed run reads again. */
  batch: number;
  /** Milliseconds that one run goes on before pictures get its worker back. */
  runMs: number;
}

export type ScrubEnd = 'done' | 'more';

/** Reads stored bytes day by day, a bounded share of them, and notes what is missing or others. A run goes on where the last one ended. */
export class Scrubber {
  constructor(
    private readonly log: ScrubLog,
    private readonly store: BlobStore,
    private readonly recorder: DamageRecorder,
    private readonly metrics: Metrics,
    private readonly limits: ScrubLimits,
  ) {
    metrics.zero('vaultstream_scrub_blobs_total', { outcome: outcomes });
    metrics.counter('vaultstream_scrub_bytes_total');
  }

  /**
   * Goes on with today's share for as long as a run may. `more`: it is not done yet.
   * @throws InfrastructureError when the object store or the database is away: then nothing is said about the blob in hand.
   */
  async run(signal: AbortSignal): Promise<ScrubEnd> {
    const state = await this.log.state();
    // Its schedule may be left over from when something was to be read.
    if (state.doneToday || this.limits.dailyBytes === 0) return 'done';
    const endsAt = performance.now() + this.limits.runMs;
    let [behind, left] = [state.behind, this.limits.dailyBytes - state.bytesToday];
    while (left > 0) {
      if (performance.now() > endsAt) return 'more';
      const blobs = await this.log.next(behind, this.limits.batch);
      if (blobs.length === 0) return this.complete();
      const progress = await this.read(blobs, { left, endsAt, signal });
      ({ behind } = progress);
      left -= progress.bytes;
      await this.log.progressed(progress);
    }
    await this.log.finished('goes on');
    return 'done';
  }

  private async complete(): Promise<ScrubEnd> {
    await this.log.progressed({ behind: '', checked: 0, bytes: 0, corrupt: 0, missing: 0 });
    await this.log.finished('complete');
    return 'done';
  }

  private async read(
    blobs: readonly BlobRecord[],
    { left, endsAt, signal }: { left: number; endsAt: number; signal: AbortSignal },
  ): Promise<ScrubProgress> {
    const progress: ScrubProgress = { behind: '', checked: 0, bytes: 0, corrupt: 0, missing: 0 };
    for (const blob of blobs) {
      signal.throwIfAborted();
      const outcome = await this.look(blob);
      this.metrics.counter('vaultstream_scrub_blobs_total').inc({ outcome });
      this.metrics.counter('vaultstream_scrub_bytes_total').inc(blob.size);
      progress.behind = blob.sha256;
      progress.checked++;
      progress.bytes += blob.size;
      if (outcome !== 'ok') progress[outcome]++;
      if (progress.bytes >= left || performance.now() > endsAt) break;
    }
    return progress;
  }

  /** What was stored anew or collected while it was read is nobody's damage. */
  private async look(blob: BlobRecord): Promise<Outcome> {
    try {
      await checkWhole(this.store, blob.key);
      await this.recorder.whole(blob);
      return 'ok';
    } catch (error) {
      const missing = isVaultError(error) && error.name === 'NotFound';
      if (!missing && !isDamage(error)) throw error;
      const noted = await this.recorder.note(blob, missing ? 'missing' : 'altered');
      if (!noted && blob.state !== 'damaged') return 'ok';
      return missing ? 'missing' : 'corrupt';
    }
  }
}
