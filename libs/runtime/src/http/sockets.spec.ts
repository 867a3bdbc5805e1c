import { once, type EventEmitter } from 'node:events';
import { afterEach, describe, expect, it } from '@jest/globals';
import { Controller, Get, Post } from '@nestjs/common';
import { createGate } from '../../test/gate.ts';
import { rawConnect, rawExchange } from '../../test/raw-http.ts';
import { startTestApp, type TestApp, type TestAppOptions } from '../../test/test-app.ts';
import { Public } from '../auth/auth.decorators.ts';
import { Env, EnvError } from '../env.ts';
import { Shutdown } from '../shutdown/shutdown.ts';
import { listenHttp } from './listen-http.ts';

let entered = createGate();
let gate = createGate();

@Public()
@Controller('work')
class WorkController {
  @Get()
  async work() {
    entered.open();
    await gate.passed;
    return { done: true };
  }
  @Post()
  take() {
    return { taken: true };
  }
}

const livez = 'GET /livez HTTP/1.1\r\nHost: x\r\n\r\n';
const lastLivez = 'GET /livez HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n';
const work = 'GET /api/v1/work HTTP/1.1\r\nHost: x\r\n\r\n';

describe('connections', () => {
  let test: TestApp | undefined;
  afterEach(async () => {
    gate.open();
    await test?.app.close();
    test = undefined;
  });

  async function listen(options: Partial<TestAppOptions> = {}): Promise<{ test: TestApp; port: number }> {
    entered = createGate();
    gate = createGate();
    test = await startTestApp({ controllers: [WorkController], ...options });
    await test.app.listen({ host: '127.0.0.1', port: 0 });
    return { test, port: Number(new URL(await test.app.getUrl()).port) };
  }

  it('closes at once although a connection was opened that never asked anything', async () => {
    const { test: app, port } = await listen({ limits: { closeMs: 60_000 } });
    const silent = await rawConnect(port);
    expect(await rawExchange(port, lastLivez)).toMatch(/^HTTP\/1\.1 200 /);
    await app.app.close();
    expect(await silent.closed).toBe('');
  });

  it('A9: 500 half-open requests are answered 408 and closed, while others are served', async () => {
    const { port } = await listen({ limits: { headersTimeoutMs: 400, requestTimeoutMs: 800, checkEveryMs: 50 } });
    const halves = [
      'GET /livez HTTP/1.1\r\nHost: x\r\nX-Slow: ',
      'POST /api/v1/work HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 100\r\n\r\n{',
    ];
    const slow = await Promise.all(Array.from({ length: 500 }, () => rawConnect(port)));
    slow.forEach((connection, n) => connection.send(halves[n % 2] ?? ''));
    expect(await rawExchange(port, lastLivez)).toMatch(/^HTTP\/1\.1 200 /);
    const answers = await Promise.all(slow.map(({ closed }) => closed));
    expect(answers.filter((answer) => answer.startsWith('HTTP/1.1 408 Request Timeout\r\n'))).toHaveLength(500);
    expect(answers[0]).toContain('"code":"request_timeout"');
    expect(answers[0]).toMatch(/x-request-id: [0-9a-f-]{36}\r\n/);
    expect(await rawExchange(port, lastLivez)).toMatch(/^HTTP\/1\.1 200 /);
  });

  it('A7: a sender of 100 MB reads why it is refused, and is cut off in the time that a request may take', async () => {
    const { port } = await listen({ limits: { headersTimeoutMs: 400, requestTimeoutMs: 800, checkEveryMs: 50 } });
    const connection = await rawConnect(port);
    connection.send(
      'POST /api/v1/work HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 104857600\r\n\r\n',
    );
    await connection.until('"code":"body_too_large"');
    for (let sent = 0; sent < 50; sent++) connection.send('x'.repeat(1_048_576));
    expect((await connection.closed).match(/HTTP\/1\.1 413 /g)).toHaveLength(1);
    expect(await rawExchange(port, lastLivez)).toMatch(/^HTTP\/1\.1 200 /);
  });

  it('K4: readyz says 503 while everything is still served; running requests end; then nobody is let in', async () => {
    const { test, port } = await listen();
    const shutdown = test.app.get(Shutdown);
    const drain = createGate();
    const order: string[] = [];
    shutdown.register('intake', 'drain', () => drain.passed);
    shutdown.register('workers', 'workers', () => order.push('workers'));
    shutdown.register('store', 'store', () => order.push('store'));
    const running = await rawConnect(port);
    running.send(work);
    await entered.passed;

    const ended = shutdown.run('test');
    const readyz = await rawExchange(port, 'GET /readyz HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n');
    expect(readyz).toMatch(/^HTTP\/1\.1 503 /);
    expect(readyz).toContain('{"status":"stopping"}');
    expect(await rawExchange(port, lastLivez)).toMatch(/^HTTP\/1\.1 200 /);

    drain.open();
    while (await accepts(port));
    expect(order).toEqual([]);
    gate.open();
    expect(await running.closed).toMatch(/^HTTP\/1\.1 200 [^]*\{"done":true\}$/);
    expect(await ended).toBe(true);
    expect(order).toEqual(['workers', 'store']);
  });

  it('closes idle connections at once, and answers 503 to what still comes in on a busy one', async () => {
    const { test, port } = await listen();
    const idle = await rawConnect(port);
    idle.send(livez);
    await idle.until('{"status":"ok"}');
    const busy = await rawConnect(port);
    busy.send(work);
    await entered.passed;

    const ended = test.app.get(Shutdown).run('test');
    await idle.closed;
    const second = once(test.app.getHttpServer() as EventEmitter, 'request');
    busy.send(work);
    await second;
    gate.open();
    const [, first = '', late = ''] = (await busy.closed).split('HTTP/1.1 ');
    expect(first).toMatch(/^200 [^]*\{"done":true\}/);
    expect(late).toMatch(/^503 [^]*urn:vaultstream:problem:later/);
    expect(late).toMatch(/retry-after: 1\r\n/);
    expect(late).toMatch(/connection: close\r\n/i);
    expect(await ended).toBe(true);
  });

  it('cuts requests that do not end in time', async () => {
    const { test, port } = await listen({ limits: { closeMs: 100 } });
    const stuck = await rawConnect(port);
    stuck.send(work);
    await entered.passed;
    expect(await test.app.get(Shutdown).run('test')).toBe(true);
    expect(await stuck.closed).toBe('');
  });

  it('explains a taken port in one line', async () => {
    const { port } = await listen();
    const other = await startTestApp({ controllers: [] });
    try {
      const listening = listenHttp(other.app, Env.load({ API_PORT: String(port) }));
      await expect(listening).rejects.toThrow(EnvError);
      await expect(listening).rejects.toThrow(`API_HOST, API_PORT: 127.0.0.1:${port} is taken by another process`);
    } finally {
      await other.app.close();
    }
  });

  it('says where it listens', async () => {
    const other = await startTestApp({ controllers: [] });
    try {
      const url = await listenHttp(other.app, Env.load({ API_PORT: '0' }));
      expect(url).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/);
    } finally {
      await other.app.close();
    }
  });
});

async function accepts(port: number): Promise<boolean> {
  try {
    (await rawConnect(port)).socket.destroy();
    return true;
  } catch {
    return false;
  }
}
