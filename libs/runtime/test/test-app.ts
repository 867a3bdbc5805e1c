import { PassThrough } from 'node:stream';
import { Module, type Provider, type Type } from '@nestjs/common';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import type { FastifyInstance } from 'fastify';
import { TokenVerifier, type Principal } from '@vaultstream/contracts';
import { Env } from '../src/env.ts';
import { createHttpApp } from '../src/http/http-app.ts';
import type { HttpLimits } from '../src/http/http-options.ts';
import { createLogger } from '../src/logger.ts';
import { RuntimeModule } from '../src/runtime.module.ts';

/** Knows the tokens `read-token`, `write-token` and `admin-token`. */
export class StaticTokens extends TokenVerifier {
  asked = 0;

  async verify(presented: string): Promise<Principal | null> {
    this.asked++;
    const scope = /^(read|write|admin)-token$/.exec(presented)?.[1] as 'read' | 'write' | 'admin' | undefined;
    return scope ? { tokenId: `id-of-${scope}`, name: scope, scopes: [scope] } : null;
  }
}

/** An app under test and the lines it logged. */
export interface TestApp {
  app: NestFastifyApplication;
  tokens: StaticTokens;
  /** Every log line so far, parsed. */
  lines(): Record<string, unknown>[];
  /** Every log line so far, as written. */
  text(): string;
}

export interface TestAppOptions {
  controllers: Type[];
  providers?: Provider[];
  /** In place of the three static tokens. */
  verifier?: TokenVerifier;
  env?: Record<string, string>;
  limits?: Partial<HttpLimits>;
  /** Routes that are added to the server past Nest: path and answer. */
  routes?: [path: string, handler: () => unknown][];
}

/** A real app on the runtime, initialised but not listening. The caller closes it. */
export async function startTestApp(options: TestAppOptions): Promise<TestApp> {
  const { controllers, providers = [], verifier, env = {}, limits, routes = [] } = options;
  const chunks: string[] = [];
  const stream = new PassThrough();
  stream.on('data', (chunk: Buffer) => chunks.push(chunk.toString()));
  const logger = createLogger('test', { level: 'debug', format: 'json', stream });
  const settings = Env.load({ API_PORT: '0', ...env });
  const tokens = new StaticTokens();

  @Module({
    imports: [RuntimeModule.forRoot({ service: 'test', env: settings, logger })],
    controllers,
    providers: [{ provide: TokenVerifier, useValue: verifier ?? tokens }, ...providers],
  })
  class TestModule {}

  const app = await createHttpApp(TestModule, settings, logger, limits);
  const server: FastifyInstance = app.getHttpAdapter().getInstance();
  for (const [path, handler] of routes) server.get(path, handler);
  await app.init();
  await server.ready();
  const text = () => chunks.join('');
  const lines = () =>
    text()
      .split('\n')
      .filter((line) => line !== '')
      .map((line) => JSON.parse(line) as Record<string, unknown>);
  return { app, tokens, lines, text };
}
