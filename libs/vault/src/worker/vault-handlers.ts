import { Injectable } from '@nestjs/common';
import type { Handlers } from '@vaultstream/tasks';
import { ArchiveMediaHandler } from './archive/archive-media.handler.ts';
import { CollectBlobsHandler } from './garbage/collect-blobs.handler.ts';
import { VerifyBlobsHandler } from './garbage/verify-blobs.handler.ts';
import { RenderHandler } from './render/render.handler.ts';

/** What the vault does for the queue "media". */
@Injectable()
export class VaultHandlers {
  readonly handlers: Handlers<'media.archive' | 'media.render' | 'blobs.collect' | 'blobs.verify'>;

  constructor(
    archive: ArchiveMediaHandler,
    render: RenderHandler,
    collect: CollectBlobsHandler,
    verify: VerifyBlobsHandler,
  ) {
    this.handlers = {
      'media.archive': archive,
      'media.render': render,
      'blobs.collect': collect,
      'blobs.verify': verify,
    };
  }
}
