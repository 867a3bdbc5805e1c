import type { ComponentHealth, HealthCheck } from '@vaultstream/contracts';
import type { BlobStore } from './blob-store.ts';

/** The `storage` component of `/health`: up when the store can be read and written. */
export class StorageHealth implements HealthCheck {
  readonly component = 'storage';

  constructor(private readonly blobs: BlobStore) {}

  /** @throws InfrastructureError when it is down; the registry of health checks logs why. */
  async check(): Promise<ComponentHealth> {
    await this.blobs.check();
    return { status: 'ok' };
  }
}
