import { PassThrough } from 'node:stream';
import { describe, expect, it } from '@jest/globals';
import { createLogger } from './logger.ts';
import { NestLogger } from './nest-logger.ts';

describe('NestLogger', () => {
  it('writes to our logger, with Nest`s context as a field and its chatter at debug', () => {
    const stream = new PassThrough();
    const logger = new NestLogger(createLogger('test', { level: 'trace', format: 'json', stream }));
    logger.log('Mapped {/x, GET} route', 'RouterExplorer');
    logger.warn('careful');
    logger.error('broke', 'Error: broke\n    at x', 'Injector');
    logger.error(new Error('thrown'), 'Injector');
    logger.fatal({ odd: true });
    const lines = String(stream.read())
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as Record<string, unknown>);
    expect(lines.map(({ level, message, nest }) => [level, message, nest])).toEqual([
      ['debug', 'Mapped {/x, GET} route', 'RouterExplorer'],
      ['warn', 'careful', undefined],
      ['error', 'broke', 'Injector'],
      ['error', 'thrown', 'Injector'],
      ['fatal', '{"odd":true}', undefined],
    ]);
    expect(lines[2]).toMatchObject({ stack: 'Error: broke\n    at x' });
    expect(lines[3]).toMatchObject({ err: { type: 'Error', message: 'thrown' } });
  });
});
