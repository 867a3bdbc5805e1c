import { Global, Inject, Module, type DynamicModule, type OnModuleInit } from '@nestjs/common';
import { HealthRegistry, Metrics, type Env } from '@vaultstream/runtime';
import { BlobStore } from './blob-store.ts';
import { LinkSigner } from './links/link-signer.ts';
import { measureStore } from './measure-store.ts';
import { openBlobStore } from './open-blob-store.ts';
import { StorageHealth } from './storage-health.ts';

/** The object store of the whole process: `BlobStore` by the driver that the environment names, `LinkSigner`, and `storage` in `/health`. */
@Global()
@Module({})
export class BlobsModule implements OnModuleInit {
  constructor(
    @Inject(BlobStore) private readonly blobs: BlobStore,
    @Inject(HealthRegistry) private readonly health: HealthRegistry,
  ) {}

  /**
   * @param env With SECRETS_KEY set. A local store is opened while the app boots; an S3 is first asked when it is first used, so that
   *   processes start while it is away.
   * @throws Error without a key to sign links with.
   */
  static forRoot(env: Env): DynamicModule {
    const providers = [
      { provide: LinkSigner, useFactory: () => createLinkSigner(env) },
      {
        provide: BlobStore,
        inject: [LinkSigner, Metrics],
        useFactory: async (links: LinkSigner, metrics: Metrics) =>
          measureStore(await openBlobStore(env, links), metrics, env.s3 === undefined ? 'local' : 's3'),
      },
    ];
    return { module: BlobsModule, providers, exports: providers };
  }

  onModuleInit(): void {
    this.health.register(new StorageHealth(this.blobs));
  }
}

function createLinkSigner(env: Env): LinkSigner {
  const { presignExpiresS, publicBaseUrl } = env.storage;
  return new LinkSigner({ secretsKeys: env.secretsKeys, expiresS: presignExpiresS, publicBaseUrl });
}
