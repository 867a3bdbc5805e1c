import { PassThrough } from 'node:stream';
import { describe, expect, it } from '@jest/globals';
import { Env } from './env.ts';
import { createLogger } from './logger.ts';

/** What a terminal shows of these calls, the time cut off and colours taken out. */
function shown(write: (logger: ReturnType<typeof createLogger>) => void): string[] {
  const stream = new PassThrough();
  write(createLogger('test', { level: 'info', format: 'pretty', stream }));
  return String(stream.read() ?? '')
    .split('\n')
    .filter(Boolean)
    .map((line) => line.replace(/^\d\d:\d\d:\d\d /, '').replaceAll(colours, ''));
}

const colours = new RegExp(String.raw`\u001b\[\d+m`, 'g');

describe('a log for a terminal', () => {
  it('has one line an event, with the time', () => {
    const request = { name: 'http.request', method: 'POST', route: '/api/v1/shares', status: 201, duration_ms: 13.6 };
    const parsed = { name: 'content.parsed', title: 'Title', platform: 'web', duration_ms: 320, pictures: 4 };
    expect(
      shown((logger) => {
        logger.info(request, 'http.request');
        logger.info(parsed, 'parsed');
        logger.info({ ...parsed, pictures: 1 }, 'parsed');
        logger.info({ name: 'task.run', task: 'delivery.send', outcome: 'done', content_id: 3, duration_ms: 80 }, 'x');
        logger.info({ name: 'shutdown', reason: 'SIGINT' }, 'shutting down');
      }),
    ).toEqual([
      'POST /shares 201 14 ms',
      'parsed "Title" from web in 320 ms, 4 pictures',
      'parsed "Title" from web in 320 ms, 1 picture',
      'pushed content 3 in 80 ms',
      'stopping ...',
    ]);
  });

  it('says nothing of housekeeping, of steps, and of a start that failed, whose reason comes by itself', () => {
    expect(
      shown((logger) => {
        for (const name of ['upkeep.events', 'schedule.tick', 'blobs.collect', 'tasks.started', 'shutdown.phase'])
          logger.info({ name }, name);
        logger.info({ name: 'task.run', task: 'upkeep.run', outcome: 'done' }, 'upkeep.run: done');
        logger.info({ name: 'shutdown', reason: 'the start failed' }, 'shutting down');
      }),
    ).toEqual([]);
  });

  it('tells what failed and why, without a stack', () => {
    const failed = { name: 'task.run', task: 'content.parse', content_id: 7, outcome: 'retried', retry_in_ms: 4_200 };
    expect(
      shown((logger) => {
        logger.warn({ ...failed, error: 'no answer' }, 'content.parse: retried');
        logger.error({ name: 'events', err: new Error('the disk is full') }, 'the log cannot be read');
      }),
    ).toEqual([
      'warn content.parse of content 7 failed, again in 5 s: no answer',
      'error the log cannot be read: the disk is full',
    ]);
  });

  it('lets no stranger move the cursor, and takes secrets out', () => {
    const title = '\u001b[2J\u001b]0;owned\u0007\u202etitle\r\n\nmore password=canary-canary';
    const [line, ...more] = shown((logger) =>
      logger.info({ name: 'content.parsed', title, platform: 'web', duration_ms: 1, pictures: 0 }),
    );
    expect(more).toEqual([]);
    expect(line).toMatch(/^[\x20-\x7e]*title more[\x20-\x7e]*$/);
    expect(line).not.toContain('canary');
  });

  it('is the default where stdout is a terminal, and JSON elsewhere', () => {
    const terminal = process.stdout.isTTY;
    try {
      process.stdout.isTTY = true;
      expect(Env.load({}).log.format).toBe('pretty');
      expect(Env.load({ LOG_FORMAT: 'json' }).log.format).toBe('json');
      process.stdout.isTTY = false;
      expect(Env.load({}).log.format).toBe('json');
    } finally {
      process.stdout.isTTY = terminal;
    }
  });
});
