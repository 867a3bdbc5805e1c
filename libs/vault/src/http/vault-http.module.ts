import { Module } from '@nestjs/common';
import { BlobStore } from '@vaultstream/blobs';
import { LOGGER, type Logger } from '@vaultstream/runtime';
import { Blobs } from '@vaultstream/store';
import { DamageRecorder } from '../reads/damage-recorder.ts';
import { VerifiedReads } from '../reads/verified-reads.ts';
import { BlobVerifier } from '../worker/garbage/blob-verifier.ts';
import { GarbageCollector } from '../worker/garbage/garbage-collector.ts';
import { BlobsController } from './blobs.controller.ts';
import { MediaAccess } from './media-access.ts';
import { MediaController } from './media.controller.ts';
import { VaultController } from './vault.controller.ts';

/** The vault's HTTP side. Needs `TokenVerifier`, the store and the blobs of the app; never loads the image library. */
@Module({
  controllers: [MediaController, BlobsController, VaultController],
  providers: [
    MediaAccess,
    DamageRecorder,
    {
      provide: VerifiedReads,
      inject: [BlobStore, DamageRecorder, LOGGER],
      useFactory: (store: BlobStore, recorder: DamageRecorder, logger: Logger) =>
        new VerifiedReads(store, recorder, logger),
    },
    {
      provide: GarbageCollector,
      inject: [Blobs, BlobStore],
      useFactory: (blobs: Blobs, store: BlobStore) => new GarbageCollector(blobs, store),
    },
    {
      provide: BlobVerifier,
      inject: [Blobs, BlobStore],
      useFactory: (blobs: Blobs, store: BlobStore) => new BlobVerifier(blobs, store),
    },
  ],
})
export class VaultHttpModule {}
