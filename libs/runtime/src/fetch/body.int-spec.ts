import type { Socket } from 'node:net';
import { brotliCompressSync, deflateRawSync, deflateSync, gzipSync, zstdCompressSync } from 'node:zlib';
import { afterEach, describe, expect, it } from '@jest/globals';
import { GuardedHttp } from './client.ts';
import { closeAll, serve, serveRaw, type Site } from './loopback.rig.ts';
import type { GuardedRequest, GuardedResponse } from './types.ts';

const mib = 1_048_576;
let http: GuardedHttp | undefined;

afterEach(async () => {
  await http?.close();
  await closeAll();
});

function get(site: Site, more: Partial<GuardedRequest> = {}): Promise<GuardedResponse> {
  http ??= new GuardedHttp({ allowHosts: ['127.0.0.1:*'] });
  return http.fetch({ url: site.base.href, ...more });
}

afterEach(() => {
  http = undefined;
});

/** Writes the same bytes again and again for as long as somebody takes them; answers how many went. */
function pour(socket: Socket, chunk: Buffer, times: number): { bytes: number } {
  const poured = { bytes: 0 };
  const more = () => {
    while (!socket.destroyed && poured.bytes < times * chunk.length) {
      poured.bytes += chunk.length;
      if (!socket.write(chunk)) return void socket.once('drain', more);
    }
    socket.end();
  };
  more();
  return poured;
}

const plain = Buffer.from('<html>'.padEnd(100_000, 'lorem ipsum dolor '));

describe('encodings', () => {
  it.each([
    ['gzip', gzipSync(plain)],
    ['X-GZIP', gzipSync(plain)],
    ['deflate', deflateSync(plain)],
    ['deflate', deflateRawSync(plain)],
    ['br', brotliCompressSync(plain)],
    ['zstd', zstdCompressSync(plain)],
    ['identity', plain],
    ['identity, gzip', gzipSync(plain)],
  ])('decodes %s', async (encoding, body) => {
    const site = await serve(
      (_request, response) => void response.writeHead(200, { 'content-encoding': encoding }).end(body),
    );
    expect((await get(site)).body.equals(plain)).toBe(true);
  });

  it.each([Array(1_000).fill('gzip').join(','), 'gzip, br', 'compress', 'br;q=1', '__proto__'])(
    'S10: refuses %j',
    async (encoding) => {
      const site = await serve(
        (_request, response) => void response.writeHead(200, { 'content-encoding': encoding }).end(gzipSync(plain)),
      );
      await expect(get(site)).rejects.toMatchObject({ name: 'BadPayload' });
    },
  );

  it('S10: refuses two headers with one layer each', async () => {
    const site = await serve(
      (_request, response) =>
        void response.writeHead(200, ['content-encoding', 'gzip', 'content-encoding', 'gzip']).end(plain),
    );
    await expect(get(site)).rejects.toMatchObject({ name: 'BadPayload' });
  });

  it.each([
    ['gzip', gzipSync(plain).subarray(0, 200)],
    ['gzip', plain],
    ['br', brotliCompressSync(plain).subarray(0, -5)],
    ['zstd', zstdCompressSync(plain).subarray(0, -5)],
    ['deflate', deflateSync(plain).subarray(0, 100)],
  ])('S14: refuses a damaged body: %s', async (encoding, body) => {
    const site = await serve(
      (_request, response) => void response.writeHead(200, { 'content-encoding': encoding }).end(body),
    );
    await expect(get(site)).rejects.toMatchObject({ name: 'BadPayload' });
  });

  it('takes an empty body and the answer to HEAD for what they are', async () => {
    const site = await serve(
      (_request, response) => void response.writeHead(200, { 'content-encoding': 'gzip', 'content-length': 0 }).end(),
    );
    expect(await get(site)).toMatchObject({ status: 200, mime: null });
    expect((await get(site, { method: 'HEAD' })).body).toHaveLength(0);
  });
});

describe('limits of a body', () => {
  it('S9: stops a bomb of 10 GB at the cap, without the memory for it', async () => {
    const member = gzipSync(Buffer.alloc(10 * mib)); // members of gzip may follow one another
    let poured = { bytes: 0 };
    const site = await serveRaw((socket) => {
      socket.write('HTTP/1.1 200 OK\r\ncontent-encoding: gzip\r\nconnection: close\r\n\r\n');
      poured = pour(socket, member, 1_000);
    });
    const before = process.memoryUsage().rss;
    const started = Date.now();
    await expect(get(site)).rejects.toThrow('larger than');
    expect(Date.now() - started).toBeLessThan(15_000);
    expect(process.memoryUsage().rss - before).toBeLessThan(100 * mib);
    expect(poured.bytes).toBeLessThan(1_000 * member.length);
  });

  it('S9: stops a bomb below the cap by its ratio', async () => {
    const site = await serve(
      (_request, response) =>
        void response.writeHead(200, { 'content-encoding': 'br' }).end(brotliCompressSync(Buffer.alloc(50 * mib))),
    );
    await expect(get(site, { maxBytes: 1_000 * mib })).rejects.toThrow('100 times');
  });

  it('S9: lets a small page with a high ratio pass', async () => {
    const page = Buffer.from('<html>'.padEnd(mib - 1, ' '));
    const site = await serve(
      (_request, response) => void response.writeHead(200, { 'content-encoding': 'gzip' }).end(gzipSync(page)),
    );
    expect((await get(site)).body).toHaveLength(mib - 1);
  });

  it('S11: stops an endless body at the cap', async () => {
    const site = await serveRaw((socket) => {
      socket.write('HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n');
      pour(socket, Buffer.from(`10000\r\n${'x'.repeat(0x10000)}\r\n`), Infinity);
    });
    await expect(get(site)).rejects.toThrow('larger than');
  });

  it('S14: an announced length above the cap ends it before the body', async () => {
    const site = await serveRaw((socket) => void socket.write(`HTTP/1.1 200 OK\r\ncontent-length: ${6 * mib}\r\n\r\n`));
    await expect(get(site)).rejects.toThrow('larger than');
  });

  it.each(['connection: close\r\n', ''])(
    'S14: a body that ends before its announced length is an error (%j)',
    async (header) => {
      const site = await serveRaw(
        (socket) => void socket.end(`HTTP/1.1 200 OK\r\ncontent-length: 100\r\n${header}\r\nhalf`),
      );
      await expect(get(site)).rejects.toMatchObject({ name: 'NetworkError', sent: true });
    },
  );

  it('S14: a chunked body that ends without its last chunk is an error', async () => {
    const site = await serveRaw(
      (socket) => void socket.end('HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n4\r\nhalf\r\n'),
    );
    await expect(get(site)).rejects.toMatchObject({ name: 'NetworkError', sent: true });
  });

  it('S14: what follows the announced length is not read', async () => {
    const site = await serveRaw((socket) => {
      socket.write('HTTP/1.1 200 OK\r\ncontent-length: 4\r\n\r\nfour');
      pour(socket, Buffer.alloc(65_536), 100);
    });
    expect((await get(site)).body.toString()).toBe('four');
  });

  it.each([
    'content-length: -5',
    'content-length: 4\r\ncontent-length: 5',
    'content-length: 4x',
    'content-length: 4\r\ntransfer-encoding: chunked',
  ])('S14: refuses %j', async (headers) => {
    const site = await serveRaw((socket) => void socket.end(`HTTP/1.1 200 OK\r\n${headers}\r\n\r\nfour`));
    await expect(get(site)).rejects.toMatchObject({ name: expect.stringMatching(/^(BadPayload|NetworkError)$/) });
  });

  it('P17: reads the beginning of a huge reply when that is enough', async () => {
    let poured = { bytes: 0 };
    const site = await serveRaw((socket) => {
      socket.write(`HTTP/1.1 200 OK\r\ncontent-length: ${1_024 * mib}\r\n\r\n`);
      poured = pour(socket, Buffer.alloc(65_536, 'a'), 1_024 * 16);
    });
    const response = await get(site, { maxBytes: 65_536, truncate: true });
    expect([response.body.length, response.truncated]).toEqual([65_536, true]);
    expect(poured.bytes).toBeLessThan(100 * mib);
    const small = await serve((_request, answer) => void answer.end('ok'));
    expect(await get(small, { maxBytes: 65_536, truncate: true })).toMatchObject({ truncated: false });
  });

  it('S16: the bytes say what it is, not the header', async () => {
    const site = await serve(
      (_request, response) =>
        void response.writeHead(200, { 'content-type': 'image/png' }).end('<!doctype html><script>'),
    );
    expect(await get(site)).toMatchObject({ mime: 'text/html', declaredMime: 'image/png' });
  });
});

describe('response headers', () => {
  it.each([
    ['1 MB in one header', `x: ${'y'.repeat(mib)}\r\n`],
    ['10,000 headers', Array.from({ length: 10_000 }, (_, i) => `h${i}: v\r\n`).join('')],
    ['forbidden characters', 'bad\u0001name: x\r\n'],
    ['a line without a colon', 'nonsense\r\n'],
  ])('S15: refuses %s', async (_name, headers) => {
    const site = await serveRaw(
      (socket) => void socket.end(`HTTP/1.1 200 OK\r\n${headers}content-length: 2\r\n\r\nok`),
    );
    await expect(get(site)).rejects.toMatchObject({ name: 'BadPayload' });
    expect((await get(await serve((_request, response) => void response.end('alive')))).status).toBe(200);
  });

  it.each(['SSH-2.0-OpenSSH_9.6\r\n', '-ERR unknown command\r\n', 'HTTP/1.1 abc\r\n\r\n'])(
    'S15: refuses what is not HTTP: %j',
    async (text) => {
      const site = await serveRaw((socket) => void socket.end(text));
      await expect(get(site)).rejects.toMatchObject({ name: 'BadPayload' });
    },
  );

  it('S15: takes a status without text, repeated headers and odd names', async () => {
    const site = await serveRaw(
      (socket) => void socket.end('HTTP/1.1 200\r\nA: 1\r\na: 2\r\n__proto__: x\r\ncontent-length: 2\r\n\r\nok'),
    );
    const response = await get(site);
    expect(response.headers['a']).toBe('1, 2');
    expect(Object.getOwnPropertyNames(response.headers)).toContain('__proto__');
    expect(Object.getPrototypeOf(response.headers)).toBe(Object.prototype);
  });
});
