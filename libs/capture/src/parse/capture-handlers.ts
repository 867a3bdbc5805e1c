import { Injectable } from '@nestjs/common';
import type { Handlers } from '@vaultstream/tasks';
import { FeedPollHandler } from '../feeds/feed-poll.handler.ts';
import { CanaryHandler } from '../platform-health/canary.handler.ts';
import { ParseHandler } from './parse.handler.ts';

/** What capture does for the queue "parse". */
@Injectable()
export class CaptureHandlers {
  readonly handlers: Handlers<'content.parse' | 'feed.poll' | 'platforms.canary'>;

  constructor(parse: ParseHandler, feeds: FeedPollHandler, canary: CanaryHandler) {
    this.handlers = { 'content.parse': parse, 'feed.poll': feeds, 'platforms.canary': canary };
  }
}
