import type { Socket } from 'node:net';
import { afterAll, afterEach, describe, expect, it } from '@jest/globals';
import { GuardedHttp } from './client.ts';
import { surelyNotSent } from './errors.ts';
import { Answers, closeAll, serve, serveRaw, trap } from './loopback.rig.ts';
import type { GuardedRequest } from './types.ts';

const http = new GuardedHttp({ allowHosts: ['127.0.0.1:*'] });

afterEach(closeAll);
afterAll(() => http.close());

async function failure(request: GuardedRequest, client = http): Promise<unknown> {
  const started = Date.now();
  const error: unknown = await client.fetch(request).catch((reason: unknown) => reason);
  expect(Date.now() - started).toBeLessThan(10_000);
  return error;
}

/** Sends `text` a byte at a time until the other side has enough. */
function drip(socket: Socket, text: string, everyMs: number): void {
  const bytes = [...text].values();
  const timer = setInterval(() => {
    const next = bytes.next();
    if (next.done || socket.destroyed) clearInterval(timer);
    else socket.write(next.value);
  }, everyMs);
  socket.on('close', () => clearInterval(timer));
}

describe('budgets', () => {
  it('S13: a silent server', async () => {
    const site = await serveRaw(() => {});
    const error = await failure({ url: site.base, budgets: { headersMs: 100 } });
    expect(error).toMatchObject({
      name: 'NetworkError',
      sent: true,
      message: expect.stringContaining('no response headers'),
    });
  });

  it('S13: headers that drip', async () => {
    const site = await serveRaw((socket) => drip(socket, `HTTP/1.1 200 OK\r\n${'x: y\r\n'.repeat(1_000)}`, 10));
    const error = await failure({ url: site.base, budgets: { headersMs: 300 } });
    expect(error).toMatchObject({ name: 'NetworkError', sent: true });
  });

  it('S13: informational answers without end', async () => {
    const site = await serveRaw((socket) => drip(socket, 'HTTP/1.1 103 Early Hints\r\n\r\n'.repeat(1_000), 1));
    const error = await failure({ url: site.base, budgets: { headersMs: 300 } });
    expect(error).toMatchObject({ name: 'NetworkError', sent: true });
  });

  it('S11: a body without an end', async () => {
    const site = await serveRaw((socket) => {
      socket.write('HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n');
      drip(socket, '1\r\nx\r\n'.repeat(10_000), 1);
    });
    const error = await failure({ url: site.base, budgets: { totalMs: 400 } });
    expect(error).toMatchObject({
      name: 'NetworkError',
      sent: true,
      message: expect.stringContaining('not done within 400 ms'),
    });
  });

  it('S12: a body that stops', async () => {
    const site = await serveRaw((socket) => void socket.write('HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\nhalf'));
    const error = await failure({ url: site.base, budgets: { idleMs: 100 } });
    expect(error).toMatchObject({
      name: 'NetworkError',
      sent: true,
      message: expect.stringContaining('no further data'),
    });
  });

  it('S12: twenty bodies that drip end within ten seconds, and others are served meanwhile', async () => {
    const slow = await serveRaw((socket) => {
      socket.write('HTTP/1.1 200 OK\r\ncontent-length: 100000\r\n\r\n');
      drip(socket, 'x'.repeat(1_000), 500);
    });
    const quick = await serve((_request, response) => void response.end('ok'));
    const slowOnes = Array.from({ length: 20 }, () => failure({ url: slow.base }));
    expect((await http.fetch({ url: quick.base })).status).toBe(200);
    for (const error of await Promise.all(slowOnes))
      expect(error).toMatchObject({ name: 'NetworkError', message: expect.stringContaining('slower than 1000') });
  }, 20_000);

  it('the total includes redirects', async () => {
    const site = await serve((request, response) => {
      setTimeout(() => response.writeHead(302, { location: `${request.url}x` }).end(), 150);
    });
    const error = await failure({ url: site.base, budgets: { totalMs: 300 } });
    expect(error).toMatchObject({ name: 'NetworkError', message: expect.stringContaining('not done') });
  });
});

describe('what a failure tells', () => {
  it('a refused connection: surely not sent', async () => {
    const { port } = await trap();
    await closeAll();
    const error = await failure({ url: `http://127.0.0.1:${port}/hook?token=t0ps3cret` });
    expect(error).toMatchObject({ name: 'NetworkError', sent: false, message: `127.0.0.1:${port}: ECONNREFUSED` });
    expect(surelyNotSent(error)).toBe(true);
  });

  it('a connection closed after the request: unknown', async () => {
    const site = await serveRaw((socket) => void socket.destroy());
    const error = await failure({ url: site.base, method: 'POST', body: '{}' });
    expect(error).toMatchObject({ name: 'NetworkError', sent: true });
    expect(surelyNotSent(error)).toBe(false);
  });

  it('a refusal and a mistake of the caller: surely not sent', async () => {
    expect(surelyNotSent(await failure({ url: 'http://127.0.0.1:1/' }, new GuardedHttp()))).toBe(true);
    expect(surelyNotSent(await failure({ url: 'nonsense' }))).toBe(true);
    expect(surelyNotSent(new Error('anything else'))).toBe(false);
  });

  it('a name that failed behind a redirect: sent', async () => {
    const site = await serve(
      (_request, response) => void response.writeHead(302, { location: 'http://gone.example.com/' }).end(),
    );
    const client = new GuardedHttp({ allowHosts: ['127.0.0.1:*'], resolver: new Answers(() => ({})) });
    expect(await failure({ url: site.base }, client)).toMatchObject({ name: 'NetworkError', sent: true });
    await client.close();
  });

  it('an abort by the caller: before and after sending', async () => {
    const { promise: arrived, resolve: arrive } = Promise.withResolvers<void>();
    const site = await serveRaw(() => arrive());
    const early = await failure({ url: site.base, signal: AbortSignal.abort() });
    expect(early).toMatchObject({
      name: 'NetworkError',
      sent: false,
      message: expect.stringContaining('aborted by the caller'),
    });
    expect(site.connections).toBe(0);
    const abort = new AbortController();
    const late = failure({ url: site.base, signal: abort.signal });
    await arrived;
    abort.abort(new Error('shutdown'));
    expect(await late).toMatchObject({ name: 'NetworkError', sent: true });
  });

  it('a closed client does not send', async () => {
    const site = await serve((_request, response) => void response.end());
    const client = new GuardedHttp({ allowHosts: ['127.0.0.1:*'] });
    await client.close();
    expect(await failure({ url: site.base }, client)).toMatchObject({ name: 'NetworkError', sent: false });
  });
});

describe('request headers', () => {
  it('are the caller’s over a browser’s', async () => {
    const site = await serve((request, response) => void response.end(JSON.stringify(request.headers)));
    const sent = async (headers?: Record<string, string>) =>
      JSON.parse((await http.fetch({ url: site.base, headers })).body.toString()) as Record<string, string>;
    expect(await sent()).toMatchObject({ 'user-agent': expect.stringContaining('Mozilla/5.0'), accept: '*/*' });
    expect(await sent({ 'User-Agent': 'mine', 'X-Y': 'z' })).toMatchObject({ 'user-agent': 'mine', 'x-y': 'z' });
  });

  it.each([
    ['Host', 'evil'],
    ['Content-Length', '5'],
    ['transfer-encoding', 'chunked'],
    ['Connection', 'upgrade'],
    ['Proxy-Authorization', 'x'],
    ['bad name', 'x'],
    ['x', 'a\r\nInjected: b'],
    ['x', 'null\u0000'],
  ])('refuse %j: %j', async (name, value) => {
    expect(await failure({ url: 'http://127.0.0.1:1/', headers: { [name]: value } })).toMatchObject({
      name: 'InvalidInput',
    });
  });
});
