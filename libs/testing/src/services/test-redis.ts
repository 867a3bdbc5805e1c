import { once } from 'node:events';
import { connect } from 'node:net';
import { join } from 'node:path';
import { freePort } from '@vaultstream/store/embedded';
import { tempDir } from '../temp-dir.ts';
import { required } from './required.ts';
import { ServiceProcess } from './service-process.ts';

export interface TestRedisOptions {
  /** Append-only file, synced each second. True by default. */
  appendOnly?: boolean;
  /** `noeviction` by default, which queues need. */
  policy?: string;
  /** Such as `10mb`. No limit by default. */
  maxMemory?: string;
}

/** Whether tests can have a Redis of their own; where CI=true, one must be there. */
export const redisIsHere = (): boolean => required('redis-server', 'TEST_REDIS_SERVER') !== null;

/** A real Redis (or Valkey) of one test suite on a free port of 127.0.0.1. `remove` it in `afterAll`. */
export class TestRedis extends ServiceProcess {
  private constructor(
    readonly port: number,
    program: string,
    folder: string,
    options: TestRedisOptions,
    private readonly removeFolder: () => Promise<void>,
  ) {
    super({
      program,
      args: [
        ...['--bind', '127.0.0.1', '--port', String(port), '--dir', folder, '--daemonize', 'no'],
        ...['--appendonly', (options.appendOnly ?? true) ? 'yes' : 'no', '--appendfsync', 'everysec', '--save', ''],
        ...['--maxmemory-policy', options.policy ?? 'noeviction', '--maxmemory', options.maxMemory ?? '0'],
      ],
      log: join(folder, 'redis.log'),
      probe: async () => {
        if (!(await ask(port, 'PING')).startsWith('+PONG')) throw new Error('Redis does not answer yet');
      },
    });
  }

  /** @throws when there is no redis-server: ask `redisIsHere` first. */
  static async start(options: TestRedisOptions = {}): Promise<TestRedis> {
    const program = required('redis-server', 'TEST_REDIS_SERVER');
    if (program === null) throw new Error('there is no redis-server');
    const folder = await tempDir();
    const redis = new TestRedis(await freePort(), program, folder.path, options, folder.remove);
    await redis.start();
    return redis;
  }

  /** `redis://127.0.0.1:<port>` */
  get url(): string {
    return `redis://127.0.0.1:${this.port}`;
  }

  /** Sends one inline command, such as `FLUSHALL` or `CONFIG SET maxmemory 0`, and answers the first line of the raw reply. */
  send(line: string): Promise<string> {
    return ask(this.port, line);
  }

  async remove(): Promise<void> {
    await this.kill();
    await this.removeFolder();
  }
}

async function ask(port: number, line: string): Promise<string> {
  const socket = connect(port, '127.0.0.1');
  socket.setTimeout(5_000, () => socket.destroy(new Error('Redis does not answer')));
  try {
    await once(socket, 'connect');
    socket.write(`${line}\r\n`);
    const [chunk] = (await once(socket, 'data')) as [Buffer];
    return chunk.toString().split('\r\n', 1)[0] ?? '';
  } finally {
    socket.destroy();
  }
}
