import { Inject, Module, type OnModuleInit } from '@nestjs/common';
import { BlobStore } from '@vaultstream/blobs';
import { Env, LOGGER, Metrics, Shutdown, type Logger } from '@vaultstream/runtime';
import { Blobs, ScrubLog } from '@vaultstream/store';
import { DamageRecorder } from '../reads/damage-recorder.ts';
import { VerifiedReads } from '../reads/verified-reads.ts';
import { ArchiveMediaHandler } from './archive/archive-media.handler.ts';
import { PictureStorer } from './archive/picture-storer.ts';
import { StorageGate } from './archive/storage-gate.ts';
import { ImageConverter } from './convert/image-converter.ts';
import { CollectBlobsHandler } from './garbage/collect-blobs.handler.ts';
import { Scrubber } from './garbage/scrubber.ts';
import { VerifyBlobsHandler } from './garbage/verify-blobs.handler.ts';
import { GarbageCollector } from './garbage/garbage-collector.ts';
import { RenderHandler } from './render/render.handler.ts';
import { VaultHandlers } from './vault-handlers.ts';

/** The vault's side of a media worker. Costs no memory for images before the first one: the image library lives in a child. */
@Module({
  providers: [
    ArchiveMediaHandler,
    RenderHandler,
    CollectBlobsHandler,
    VerifyBlobsHandler,
    VaultHandlers,
    DamageRecorder,
    {
      provide: VerifiedReads,
      inject: [BlobStore, DamageRecorder, LOGGER],
      useFactory: (store: BlobStore, recorder: DamageRecorder, logger: Logger) =>
        new VerifiedReads(store, recorder, logger),
    },
    {
      provide: Scrubber,
      inject: [ScrubLog, BlobStore, DamageRecorder, Metrics, Env],
      useFactory: (log: ScrubLog, store: BlobStore, recorder: DamageRecorder, metrics: Metrics, env: Env) =>
        new Scrubber(log, store, recorder, metrics, {
          dailyBytes: env.storage.verifyDailyBytes,
          batch: 500,
          runMs: 20_000,
        }),
    },
    { provide: ImageConverter, useFactory: () => new ImageConverter() },
    {
      provide: PictureStorer,
      inject: [Blobs, BlobStore, ImageConverter, Env],
      useFactory: (blobs: Blobs, store: BlobStore, converter: ImageConverter, env: Env) =>
        new PictureStorer(blobs, store, converter, env.archive.webpQuality),
    },
    { provide: StorageGate, inject: [BlobStore], useFactory: (store: BlobStore) => new StorageGate(store) },
    {
      provide: GarbageCollector,
      inject: [Blobs, BlobStore],
      useFactory: (blobs: Blobs, store: BlobStore) => new GarbageCollector(blobs, store),
    },
  ],
  exports: [VaultHandlers, GarbageCollector],
})
export class VaultWorkerModule implements OnModuleInit {
  constructor(
    @Inject(ImageConverter) private readonly converter: ImageConverter,
    @Inject(Shutdown) private readonly shutdown: Shutdown,
  ) {}

  onModuleInit(): void {
    this.shutdown.register('children', 'image converter', () => this.converter.stop());
  }
}
