import type { BlobStore } from '@vaultstream/blobs';
import { isVaultError } from '@vaultstream/contracts';
import type { BlobDescription, Blobs } from '@vaultstream/store';

/** Keys of blobs, by what is wrong with their bytes. */
export interface VerifyReport {
  checked: number;
  corrupt: string[];
  missing: string[];
}

/** Reads stored bytes and compares them with what their rows say. Changes nothing: what is damaged may be mended by storing it again. */
export class BlobVerifier {
  constructor(
    private readonly blobs: Pick<Blobs, 'sample'>,
    private readonly store: BlobStore,
  ) {}

  /**
   * @param sample How many blobs, taken at random.
   * @throws InfrastructureError when the store is away: then nothing is said about any blob.
   */
  async verify(sample: number): Promise<VerifyReport> {
    const report: VerifyReport = { checked: 0, corrupt: [], missing: [] };
    for (const blob of await this.blobs.sample(sample)) {
      const fault = await this.faultOf(blob);
      report.checked++;
      if (fault) report[fault].push(blob.key);
    }
    return report;
  }

  private async faultOf({ key, size }: BlobDescription): Promise<'corrupt' | 'missing' | null> {
    try {
      const read = await this.store.get(key);
      // The stream itself fails at its end when the bytes do not have the hash that the key names.
      for await (const _ of read.stream);
      return read.size === size ? null : 'corrupt';
    } catch (error) {
      if (isVaultError(error) && error.name === 'NotFound') return 'missing';
      if (isVaultError(error) && error.name === 'BadPayload') return 'corrupt';
      throw error;
    }
  }
}
