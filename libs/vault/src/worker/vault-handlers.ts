import { Injectable } from '@nestjs/common';
import type { Handlers } from '@vaultstream/tasks';
import { ArchiveMediaHandler } from './archive/archive-media.handler.ts';
import { SettleContentHandler } from './archive/settle-content.handler.ts';

/** What the vault does for the queue "media". */
@Injectable()
export class VaultHandlers {
  readonly handlers: Handlers<'media.archive' | 'content.settle'>;

  constructor(archive: ArchiveMediaHandler, settle: SettleContentHandler) {
    this.handlers = { 'media.archive': archive, 'content.settle': settle };
  }
}
