import { PassThrough } from 'node:stream';
import { describe, expect, it } from '@jest/globals';
import { annotateContext, newContext, runInContext } from './context.ts';
import { createLogger, type Logger } from './logger.ts';

function collect(work: (logger: Logger) => void): Record<string, unknown>[] {
  const stream = new PassThrough();
  work(createLogger('test', { level: 'trace', format: 'json', stream }));
  const text = String(stream.read() ?? '');
  return text
    .split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(line) as Record<string, unknown>);
}

describe('createLogger', () => {
  it('writes one JSON object a line with time, level, message and service', () => {
    const [line] = collect((logger) => logger.info({ name: 'x', n: 1 }, 'hello'));
    expect(line).toMatchObject({ level: 'info', message: 'hello', service: 'test', name: 'x', n: 1 });
    expect(line?.time).toMatch(/^\d{4}-\d\d-\d\dT.*Z$/);
  });

  it('adds the ids of the running context', () => {
    const context = newContext('req-1', null);
    const [inside, outside] = collect((logger) => {
      runInContext(context, () => {
        annotateContext({ contentId: 7, taskId: 't', targetId: 'g' });
        logger.info('inside');
      });
      logger.info('outside');
    });
    expect(inside).toMatchObject({
      request_id: 'req-1',
      trace_id: context.traceId,
      content_id: 7,
      task_id: 't',
      target_id: 'g',
    });
    expect(outside).not.toHaveProperty('request_id');
  });

  it('A16: tells an error with its code and causes, and nothing that hangs on it', () => {
    const driver = Object.assign(new Error('connect ECONNREFUSED'), { code: 'ECONNREFUSED', config: { canary: 1 } });
    const err = Object.assign(new Error('away', { cause: driver }), { request: { headers: { canary: 2 } } });
    const lines = collect((logger) => {
      logger.error({ err }, 'one');
      logger.error({ error: err }, 'two');
      logger.error(err);
    });
    expect(JSON.stringify(lines)).not.toContain('canary');
    expect(lines[0]).toMatchObject({ err: { message: 'away', cause: { code: 'ECONNREFUSED' } } });
    expect(lines[2]).toMatchObject({ message: 'away', err: { type: 'Error' } });
  });

  it('survives a circle of causes and things that are no errors', () => {
    const err = new Error('round');
    err.cause = err;
    const lines = collect((logger) => {
      logger.error({ err }, 'circle');
      logger.error({ err: 'text' }, 'string');
      logger.error({ err: undefined }, 'nothing');
    });
    expect(lines.map(({ message }) => message)).toEqual(['circle', 'string', 'nothing']);
  });

  it('A16: none of twelve canaries comes through, wherever it stands', () => {
    const canary = (n: number) => `canary${n}`.padEnd(40, 'x');
    const message = [
      `https://api.telegram.org/bot123456:${canary(1)}/getMe`,
      `https://s3/k?X-Amz-Signature=${canary(2)}`,
      `postgresql://u:${canary(3)}@db/v`,
      `whsec_${canary(4)}`,
      `Authorization: Bearer ${canary(5)}`,
      `Cookie: sid=${canary(6)}`,
    ].join(' ');
    const err = new Error(message, { cause: new Error(message) });
    const fields = {
      token: canary(7),
      headers: { cookie: canary(8), authorization: canary(9) },
      deep: { er: { bot_token: canary(10), list: [`x-api-token: ${canary(11)}`] } },
      json: JSON.stringify({ password: canary(12) }),
    };
    const lines = collect((logger) => {
      logger.info(fields, message);
      logger.error({ ...fields, err });
      logger.error(err);
      logger.error(err, message);
      logger.child({ url: message }).warn('%s and %o', message, fields);
    });
    expect(lines).toHaveLength(5);
    expect(JSON.stringify(lines)).not.toContain('canary');
  });
});
