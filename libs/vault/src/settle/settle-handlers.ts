import { Injectable } from '@nestjs/common';
import type { Handlers } from '@vaultstream/tasks';
import { SettleContentHandler } from './settle-content.handler.ts';

/** What the vault does for the queue "plan"; and, for tasks that an earlier release has appended there, for the queue "media". */
@Injectable()
export class SettleHandlers {
  readonly handlers: Handlers<'content.settle'>;

  constructor(settle: SettleContentHandler) {
    this.handlers = { 'content.settle': settle };
  }
}
