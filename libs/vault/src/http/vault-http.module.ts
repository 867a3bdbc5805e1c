import { Module } from '@nestjs/common';
import { BlobsController } from './blobs.controller.ts';
import { MediaAccess } from './media-access.ts';
import { MediaController } from './media.controller.ts';

/** The vault's HTTP side. Needs `TokenVerifier`, the store and the blobs of the app; never loads the image library. */
@Module({ controllers: [MediaController, BlobsController], providers: [MediaAccess] })
export class VaultHttpModule {}
