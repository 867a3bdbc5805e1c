import { once } from 'node:events';
import type { ServerResponse } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { gzipSync } from 'node:zlib';
import { png } from '../pictures/png.ts';
import type { Answer } from '../server/service.ts';
import type { SpoilerName } from './mode.ts';

/** Sends an answer spoilt; `value` is the mode's number. Ends when everything is sent or the caller is gone. */
type Spoiler = (answer: Answer, response: ServerResponse, value: number | null) => void | Promise<void>;

/** How each mode spoils an answer whose effect has happened. */
export const spoilers: Readonly<Record<SpoilerName, Spoiler>> = {
  'timeout-after': () => undefined,
  'reset-after': (_answer, response) => {
    response.socket?.resetAndDestroy();
  },
  'broken-image': (answer, response) => send({ ...answer, body: scramble(bytesOf(answer)) }, response),
  'truncated-image': (answer, response) => send({ ...answer, body: firstHalf(bytesOf(answer)) }, response),
  'cut-body': async (answer, response) => {
    const body = bytesOf(answer);
    response.writeHead(answer.status, { ...answer.headers, 'content-length': String(body.length) });
    await new Promise<void>((resolve) => response.write(firstHalf(body), () => resolve()));
    response.destroy();
  },
  'slow-body': async (answer, response, value) => {
    const body = bytesOf(answer);
    response.writeHead(answer.status, { ...answer.headers, 'content-length': String(body.length) });
    for (const byte of body) {
      if (response.closed) return;
      response.write(Buffer.of(byte));
      await sleep(value ?? 100);
    }
    response.end();
  },
  'endless-body': async (answer, response) => {
    response.writeHead(answer.status, answer.headers);
    response.write(answer.body);
    // A caller that is gone never drains: its closing ends the wait.
    const closed = once(response, 'close');
    while (!response.closed) if (!response.write(noise)) await Promise.race([once(response, 'drain'), closed]);
  },
  'wrong-type': (answer, response) => {
    const picture = answer.headers['content-type']?.startsWith('image/') === true;
    send(
      { ...answer, body: picture ? '<!doctype html><title>Sign in</title><h1>Sign in</h1>' : png(64, 64, 1) },
      response,
    );
  },
  'gzip-bomb': (answer, response, value) =>
    send({ ...answer, headers: { ...answer.headers, 'content-encoding': 'gzip' }, body: bomb(value ?? 128) }, response),
};

/** Sends an answer as it is. */
export function send(answer: Answer, response: ServerResponse): void {
  const body = bytesOf(answer);
  // 204 has no body, and must not say how long it is (RFC 9110, 8.6).
  const length: Record<string, string> = answer.status === 204 ? {} : { 'content-length': String(body.length) };
  response.writeHead(answer.status, { ...answer.headers, ...length });
  response.end(response.req.method === 'HEAD' ? undefined : body);
}

const bytesOf = (answer: Answer): Buffer => Buffer.from(answer.body);
const firstHalf = (body: Buffer): Buffer => body.subarray(0, Math.floor(body.length / 2));
const noise = Buffer.alloc(65_536, 'lorem ipsum ');

/** The magic bytes stay, so that it is still called a picture; nothing behind them makes sense. */
function scramble(body: Buffer): Buffer {
  const magicBytes = 12;
  return Buffer.from(body.map((byte, index) => (index < magicBytes ? byte : (byte * 31 + index * 17) & 0x7f)));
}

const bombs = new Map<number, Buffer>();

/** Zeros that take `mib` MiB once unpacked, about a thousandth of it before. */
function bomb(mib: number): Buffer {
  const made = bombs.get(mib) ?? gzipSync(Buffer.alloc(mib * 1_048_576), { level: 9 });
  bombs.set(mib, made);
  return made;
}
