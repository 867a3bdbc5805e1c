import { Injectable } from '@nestjs/common';
import type { Handlers } from '@vaultstream/tasks';
import { ArchiveMediaHandler } from './archive/archive-media.handler.ts';
import { CollectBlobsHandler } from './garbage/collect-blobs.handler.ts';
import { RenderHandler } from './render/render.handler.ts';

/** What the vault does for the queue "media". */
@Injectable()
export class VaultHandlers {
  readonly handlers: Handlers<'media.archive' | 'media.render' | 'blobs.collect'>;

  constructor(archive: ArchiveMediaHandler, render: RenderHandler, collect: CollectBlobsHandler) {
    this.handlers = {
      'media.archive': archive,
      'media.render': render,
      'blobs.collect': collect,
    };
  }
}
