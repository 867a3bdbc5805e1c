import { Inject, Injectable } from '@nestjs/common';
import { NotFound } from '@vaultstream/contracts';
import { LOGGER, Metrics, type Logger } from '@vaultstream/runtime';
import { Blobs, type BlobRecord, type DamageReason } from '@vaultstream/store';

/** The bytes of a blob are damaged or gone. Whoever asks for them is told that there is nothing: that is true of the right bytes. */
export class DamagedBlob extends NotFound {
  constructor() {
    super('What is stored under this key is damaged. A retry of its content fetches it again.');
  }
}

/** Notes what reading has found out about stored bytes: in the row, in the events of the contents that show them, in metric and log. */
@Injectable()
export class DamageRecorder {
  constructor(
    private readonly blobs: Blobs,
    private readonly metrics: Metrics,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {
    metrics.zero('vaultstream_blobs_damaged_total', { reason: ['altered', 'size', 'missing'] });
  }

  /** @param blob As it was read before its bytes were. @returns What to throw. */
  async damaged(blob: BlobRecord, reason: DamageReason): Promise<DamagedBlob> {
    await this.note(blob, reason);
    return new DamagedBlob();
  }

  /** As `damaged`. @returns False when it is known already, or when the blob was stored anew or collected since it was read. */
  async note(blob: BlobRecord, reason: DamageReason): Promise<boolean> {
    if (!(await this.blobs.markDamaged(blob, reason))) return false;
    this.metrics.counter('vaultstream_blobs_damaged_total').inc({ reason });
    this.logger.error({ name: 'blob.damaged', key: blob.key, reason }, 'stored bytes are missing or damaged');
    return true;
  }

  /** The bytes of a blob were read and are the right ones. */
  async whole(blob: BlobRecord): Promise<void> {
    if (blob.state !== 'damaged' || !(await this.blobs.markRepaired(blob.sha256))) return;
    this.logger.info({ name: 'blob.repaired', key: blob.key }, 'the right bytes are there again');
  }
}
