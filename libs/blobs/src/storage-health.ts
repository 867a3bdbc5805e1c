import { InfrastructureError, isVaultError, type ComponentHealth, type HealthCheck } from '@vaultstream/contracts';
import { withDeadline } from '@vaultstream/runtime';
import type { BlobStore } from './blob-store.ts';

/** Milliseconds until a store that has not answered is down: before `/health` gives up itself, so that it can say why. */
const deadlineMs = 1_500;

/** The `storage` component of `/health`: up when the store can be read and written. */
export class StorageHealth implements HealthCheck {
  readonly component = 'storage';

  constructor(private readonly blobs: BlobStore) {}

  /** @throws InfrastructureError when it is down; its message says what is wrong. */
  async check(): Promise<ComponentHealth> {
    try {
      await withDeadline(() => this.blobs.check(), deadlineMs);
    } catch (error) {
      if (isVaultError(error)) throw error;
      throw new InfrastructureError('blob storage does not answer in time', { cause: error });
    }
    return { status: 'ok' };
  }
}
