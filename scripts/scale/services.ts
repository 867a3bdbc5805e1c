import { mkdirSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { once } from 'node:events';
import { join } from 'node:path';
import { Child } from './child.ts';
import type { ScaleSecrets } from './secrets.ts';

/** Folder of a service's data, made private. */
function folder(dir: string, name: string): string {
  const path = join(dir, name);
  mkdirSync(path, { recursive: true, mode: 0o700 });
  return path;
}

const inherited = () => ({ PATH: process.env['PATH'] ?? '', HOME: process.env['HOME'] ?? '' });

/** A service of the cluster, and the variables by which its processes reach it. */
export interface Service {
  child: Child;
  env: Record<string, string>;
}

/**
 * Redis with an append-only file and without eviction, as the tasks need it.
 * @param program Path of redis-server. @param dir Gets `redis/` and `logs/redis.log`.
 */
export function redisService(program: string, dir: string, port: number, secrets: ScaleSecrets): Service {
  const home = folder(dir, 'redis');
  const config = join(home, 'redis.conf');
  // In a file, because a command line can be read by everybody.
  const lines = [
    ...['bind 127.0.0.1', `port ${port}`, `dir ${home}`, `requirepass ${secrets.redisPassword}`],
    ...['appendonly yes', 'appendfsync everysec', 'save ""', 'maxmemory-policy noeviction'],
  ];
  writeFileSync(config, `${lines.join('\n')}\n`, { mode: 0o600 });
  const child = new Child({
    name: 'redis',
    command: [program, config],
    env: inherited(),
    logFile: join(dir, 'logs/redis.log'),
    probe: () => redisAnswers(port, secrets.redisPassword),
  });
  return { child, env: { QUEUE_TYPE: 'bullmq', REDIS_URL: `redis://:${secrets.redisPassword}@127.0.0.1:${port}` } };
}

async function redisAnswers(port: number, password: string): Promise<void> {
  const socket = connect(port, '127.0.0.1');
  socket.setTimeout(2_000, () => socket.destroy(new Error('Redis is silent')));
  try {
    await once(socket, 'connect');
    socket.write(`AUTH ${password}\r\nPING\r\n`);
    let text = '';
    for await (const chunk of socket as AsyncIterable<Buffer>) {
      text += chunk.toString();
      if (text.includes('+PONG')) return;
      if (/^-|\n-/.test(text)) throw new Error(`Redis answers ${text.trim()}`);
    }
    throw new Error('Redis has hung up');
  } finally {
    socket.destroy();
  }
}

/**
 * MinIO on a local folder.
 * @param program Path of minio. @param dir Gets `minio/` and `logs/minio.log`.
 */
export function minioService(
  program: string,
  dir: string,
  ports: readonly [service: number, console: number],
  secrets: ScaleSecrets,
): Service {
  const [port, consolePort] = ports;
  const endpoint = `http://127.0.0.1:${port}`;
  const child = new Child({
    name: 'minio',
    command: [
      ...[program, 'server', '--quiet', '--address', `127.0.0.1:${port}`],
      ...['--console-address', `127.0.0.1:${consolePort}`, folder(dir, 'minio')],
    ],
    env: {
      ...inherited(),
      MINIO_ROOT_USER: secrets.s3AccessKey,
      MINIO_ROOT_PASSWORD: secrets.s3SecretKey,
      MINIO_BROWSER: 'off',
      MINIO_UPDATE: 'off',
    },
    logFile: join(dir, 'logs/minio.log'),
    async probe() {
      const { status } = await fetch(`${endpoint}/minio/health/cluster`, { signal: AbortSignal.timeout(2_000) });
      if (status !== 200) throw new Error(`MinIO answers ${status}`);
    },
  });
  const env = {
    STORAGE_BACKEND: 's3',
    STORAGE_S3_ENDPOINT: endpoint,
    STORAGE_S3_BUCKET: 'vaultstream',
    STORAGE_S3_ACCESS_KEY: secrets.s3AccessKey,
    STORAGE_S3_SECRET_KEY: secrets.s3SecretKey,
  };
  return { child, env };
}
