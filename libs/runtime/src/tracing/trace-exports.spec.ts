import { PassThrough } from 'node:stream';
import { describe, expect, it } from '@jest/globals';
import { createLogger } from '../logger.ts';
import { Metrics } from '../metrics/metrics.ts';
import { Shutdown } from '../shutdown/shutdown.ts';
import { TraceExports } from './trace-exports.ts';

function app() {
  const lines: Record<string, unknown>[] = [];
  const stream = new PassThrough();
  stream.on('data', (chunk: Buffer) => lines.push(JSON.parse(chunk.toString()) as Record<string, unknown>));
  const logger = createLogger('test', { level: 'info', format: 'json', stream });
  const metrics = new Metrics(logger);
  const shutdown = new Shutdown(logger);
  const counted = async () => /^vaultstream_trace_export_failures_total (\d+)$/m.exec(await metrics.render())?.[1];
  return { lines, logger, metrics, shutdown, counted };
}

describe('an exporter that is away', () => {
  it('is counted each time, from 0 on, and told once a minute', async () => {
    const { lines, logger, metrics, shutdown, counted } = app();
    const exports = new TraceExports();
    exports.report(metrics, logger, shutdown);
    expect(await counted()).toBe('0');
    for (let failure = 0; failure < 5; failure++) exports.failed(new Error('connect ECONNREFUSED'));
    expect(await counted()).toBe('5');
    expect(lines).toMatchObject([{ level: 'warn', name: 'trace.export', failures: 1 }]);
  });

  it('is counted and told also for the time before there was an app', async () => {
    const { lines, logger, metrics, shutdown, counted } = app();
    const exports = new TraceExports();
    exports.failed(new Error('one'));
    exports.failed(new Error('two'));
    exports.report(metrics, logger, shutdown);
    expect(await counted()).toBe('2');
    expect(lines).toMatchObject([{ failures: 2, err: { message: 'two' } }]);
  });

  it('keeps an end waiting for two seconds at most, and does not make it a bad one', async () => {
    const { logger, metrics, shutdown } = app();
    const exports = new TraceExports();
    exports.started(() => new Promise(() => undefined));
    exports.report(metrics, logger, shutdown);
    const startedAt = performance.now();
    expect(await shutdown.run('test')).toBe(true);
    expect(performance.now() - startedAt).toBeGreaterThan(1_900);
    expect(performance.now() - startedAt).toBeLessThan(5_000);
  });

  it('that cannot even be loaded is told, and stops nothing', () => {
    const { lines, logger, metrics, shutdown } = app();
    const exports = new TraceExports();
    exports.failedToStart(new Error('Cannot find package'));
    exports.report(metrics, logger, shutdown);
    expect(lines).toMatchObject([{ level: 'error', name: 'trace.export', err: { message: 'Cannot find package' } }]);
  });
});
