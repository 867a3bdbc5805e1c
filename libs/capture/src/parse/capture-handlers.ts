import { Injectable } from '@nestjs/common';
import type { Handlers } from '@vaultstream/tasks';
import { ParseHandler } from './parse.handler.ts';

/** What capture does for the queue "parse". */
@Injectable()
export class CaptureHandlers {
  readonly handlers: Handlers<'content.parse'>;

  constructor(parse: ParseHandler) {
    this.handlers = { 'content.parse': parse };
  }
}
