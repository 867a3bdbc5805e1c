import { Injectable } from '@nestjs/common';
import type { PayloadOf } from '@vaultstream/contracts';
import { Contents } from '@vaultstream/store';
import type { TaskContext, TaskHandler } from '@vaultstream/tasks';

/** `content.settle`: the deadline is over, so delivery goes on with the pictures that are there. */
@Injectable()
export class SettleContentHandler implements TaskHandler<'content.settle'> {
  constructor(private readonly contents: Contents) {}

  async run({ content_id, parse_generation }: PayloadOf<'content.settle'>, context: TaskContext): Promise<void> {
    await context.commit((tx) => this.contents.forceSettle(tx, content_id, parse_generation));
  }
}
