import { describe, expect, it } from '@jest/globals';
import { NestFactory } from '@nestjs/core';
import { Env } from './env.ts';
import { GuardedHttp } from './fetch/index.ts';
import { HealthRegistry } from './health/health-registry.ts';
import { createLogger, LOGGER } from './logger.ts';
import { Metrics } from './metrics/metrics.ts';
import { RuntimeModule } from './runtime.module.ts';
import { Shutdown } from './shutdown/shutdown.ts';

describe('RuntimeModule', () => {
  it('gives its parts to a process without HTTP, and closes outgoing HTTP with it', async () => {
    const env = Env.load({});
    const logger = createLogger('worker', { level: 'fatal', format: 'json' });
    const app = await NestFactory.createApplicationContext(RuntimeModule.forRoot({ service: 'worker', env, logger }), {
      logger: false,
      abortOnError: false,
    });
    expect(app.get(Env)).toBe(env);
    expect(app.get(LOGGER)).toBe(logger);
    for (const part of [Metrics, HealthRegistry, Shutdown]) expect(app.get(part)).toBeInstanceOf(part);
    const http = app.get(GuardedHttp);
    await app.close();
    await expect(http.fetch({ url: 'https://example.com/' })).rejects.toThrow(/closed/);
  });

  it('P9: says at the start that a proxy looks names up, without its password, and nothing without a proxy', () => {
    const lines: string[] = [];
    const stream = { write: (line: string) => void lines.push(line) } as unknown as NodeJS.WritableStream;
    const start = (variables: Record<string, string>) => {
      const logger = createLogger('test', { level: 'info', format: 'json', stream });
      RuntimeModule.forRoot({ service: 'test', env: Env.load(variables), logger });
    };
    start({});
    expect(lines).toEqual([]);
    start({ HTTPS_PROXY: 'http://user:hunter22@proxy.example.org:3128' });
    expect(lines.map((line) => JSON.parse(line) as unknown)).toMatchObject([
      {
        name: 'fetch.proxied',
        level: 'warn',
        https_proxy: 'proxy.example.org:3128',
        message: expect.stringContaining('proxy'),
      },
    ]);
    expect(lines.join('')).not.toContain('hunter22');
  });
});
