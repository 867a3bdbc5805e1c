import { describe, expect, it } from '@jest/globals';
import type { DynamicModule } from '@nestjs/common';
import type { TaskName } from '@vaultstream/contracts';
import { composeHandlers, composeNamedHandlers } from './compose-handlers.ts';
import type { Handlers, TaskHandler } from './handler.ts';
import { TasksModule } from './tasks.module.ts';

const handler = <N extends TaskName>(): TaskHandler<N> => ({ run: async () => undefined });
const parse = handler<'content.parse'>();

class ParseGroup {
  readonly handlers: Handlers<'content.parse' | 'feed.poll' | 'platforms.canary'> = {
    'content.parse': parse,
    'feed.poll': handler(),
    'platforms.canary': handler(),
  };
}
class MediaGroup {
  readonly handlers: Handlers<'media.archive' | 'media.render' | 'blobs.collect' | 'blobs.verify'> = {
    'media.archive': handler(),
    'media.render': handler(),
    'blobs.collect': handler(),
    'blobs.verify': handler(),
  };
}
class HalfMediaGroup {
  readonly handlers: Handlers<'media.archive'> = { 'media.archive': handler() };
}
class PushGroup {
  readonly handlers: Handlers<'content.settle' | 'delivery.plan' | 'delivery.send'> = {
    'content.settle': handler(),
    'delivery.plan': handler(),
    'delivery.send': handler(),
  };
}
class UpkeepGroup {
  readonly handlers: Handlers<'upkeep.run' | 'backup.run'> = { 'upkeep.run': handler(), 'backup.run': handler() };
}

describe('composeHandlers', () => {
  it('makes one table of the groups', () => {
    const table = composeHandlers(['parse', 'media'], [new ParseGroup(), new MediaGroup()]);
    expect(Object.keys(table).sort()).toEqual([
      'blobs.collect',
      'blobs.verify',
      'content.parse',
      'feed.poll',
      'media.archive',
      'media.render',
      'platforms.canary',
    ]);
    expect(table['content.parse']).toBe(parse);
  });

  it('does not compile and does not run when a handler is missing', () => {
    // @ts-expect-error -- blobs.collect has no handler
    expect(() => composeHandlers(['parse', 'media'], [new ParseGroup(), new HalfMediaGroup()])).toThrow(
      /"blobs.collect" has no handler but its queue "media" is served here: add the handler/,
    );
  });

  it('does not compile and does not run when a handler is doubled', () => {
    // @ts-expect-error -- media.archive has two handlers
    expect(() => composeHandlers(['media'], [new MediaGroup(), new HalfMediaGroup()])).toThrow(
      '"media.archive" has two handlers, in group 1 and in group 2: remove one',
    );
  });

  it('does not compile when a handler takes another payload', () => {
    const wrong: TaskHandler<'media.archive'> = { run: async ({ media_id }) => void media_id };
    // @ts-expect-error -- content.parse has no media_id
    const handlers: Handlers<'content.parse'> = { 'content.parse': wrong };
    expect(handlers).toBeDefined();
  });

  it('names a handler that the catalog does not know, and everything wrong at once', () => {
    const stray = { source: 'StrayGroup', handlers: { 'no.such.task': parse } as object };
    expect(() => composeNamedHandlers(['parse'], [stray])).toThrow(
      /StrayGroup handles "no.such.task", which is not in libs\/contracts[^]*"content.parse" has no handler/,
    );
  });
});

describe('TasksModule.forRoot', () => {
  it('compiles with exactly the handlers of its queues, and with all of them when none are named', () => {
    const modules: DynamicModule[] = [
      TasksModule.forRoot({ queues: ['parse'], groups: [ParseGroup] }),
      TasksModule.forRoot({ queues: [], groups: [] }),
      TasksModule.forRoot({ groups: [ParseGroup, MediaGroup, PushGroup, UpkeepGroup] }),
      // @ts-expect-error -- nobody handles the queues plan and push
      TasksModule.forRoot({ groups: [ParseGroup, MediaGroup, UpkeepGroup] }),
      // @ts-expect-error -- nobody handles blobs.collect
      TasksModule.forRoot({ queues: ['media'], groups: [HalfMediaGroup] }),
      // @ts-expect-error -- content.parse has two handlers
      TasksModule.forRoot({ queues: ['parse'], groups: [ParseGroup, ParseGroup] }),
    ];
    expect(modules).toHaveLength(6);
  });
});
