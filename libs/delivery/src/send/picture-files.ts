import { Injectable } from '@nestjs/common';
import { BlobStore, isDamage, readWhole } from '@vaultstream/blobs';
import { InfrastructureError, isVaultError } from '@vaultstream/contracts';
import { Metrics } from '@vaultstream/runtime';
import { Blobs } from '@vaultstream/store';

/** Milliseconds until a message whose picture is damaged looks for another one. */
const remakeMs = 1_000;

/** The bytes of the files that go with messages. */
@Injectable()
export class PictureFiles {
  constructor(
    private readonly store: BlobStore,
    private readonly blobs: Blobs,
    private readonly metrics: Metrics,
  ) {
    metrics.zero('vaultstream_blobs_damaged_total', { reason: ['missing', 'altered'] });
  }

  /**
   * Bytes that have the hash that their key names.
   * @throws NotFound when they were collected; InfrastructureError, which spends no try, when they were found damaged or missing just
   *   now: the next run has them made anew.
   */
  async read(key: string): Promise<Buffer> {
    const blob = await this.blobs.findByKey(key);
    try {
      return (await readWhole(this.store, key)).bytes;
    } catch (error) {
      const gone = isVaultError(error) && error.name === 'NotFound';
      if (!blob || !(gone || isDamage(error))) throw error;
      const reason = gone ? 'missing' : 'altered';
      if (await this.blobs.markDamaged(blob, reason))
        this.metrics.counter('vaultstream_blobs_damaged_total').inc({ reason });
      else if (gone) throw error;
      throw new InfrastructureError('a picture is damaged and is made anew', { cause: error, retryAfterMs: remakeMs });
    }
  }
}
