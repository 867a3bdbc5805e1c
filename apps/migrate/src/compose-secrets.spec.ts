import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { Env } from '@vaultstream/runtime';
import { ensureComposeSecrets, readAdminToken, renewAdminToken } from './compose-secrets.ts';

let dir: string;
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'vaultstream-secrets-'));
});
afterEach(() => rmSync(dir, { recursive: true, force: true }));

/** Every file and its text. */
const files = () =>
  Object.fromEntries(
    readdirSync(dir, { recursive: true, encoding: 'utf8' })
      .filter((name) => statSync(join(dir, name)).isFile())
      .sort()
      .map((name) => [name, readFileSync(join(dir, name), 'utf8')]),
  );

describe('the secrets of docker-compose.yml', () => {
  it('are what the environment of the processes accepts, and stay what they are', () => {
    expect(ensureComposeSecrets(dir)).toHaveLength(12);
    const first = files();
    const file = (name: string) => join(dir, 'app', name);
    const env = Env.load({
      API_TOKEN_FILE: file('api_token'),
      SECRETS_KEY_FILE: file('secrets_key'),
      DATABASE_URL_FILE: file('database_url'),
      REDIS_URL_FILE: file('redis_url'),
      QUEUE_TYPE: 'bullmq',
      STORAGE_BACKEND: 's3',
      STORAGE_S3_BUCKET: 'vaultstream',
      STORAGE_S3_ACCESS_KEY_FILE: file('s3_access_key'),
      STORAGE_S3_SECRET_KEY_FILE: file('s3_secret_key'),
    });
    expect(env.s3?.credentials).toEqual({ accessKey: first['minio/user'], secretKey: first['minio/password'] });
    expect(env.databaseUrl).toContain(`:${first['postgres/password']}@postgres:`);
    expect(env.queue.redisUrl).toContain(`:${first['redis/password']}@redis:`);
    expect(ensureComposeSecrets(dir)).toEqual([]);
    expect(files()).toEqual(first);
    for (const name of Object.keys(first))
      expect([name, statSync(join(dir, name)).mode & 0o777]).toEqual([name, 0o444]);
  });

  it('are no two alike, from one installation to the next', () => {
    ensureComposeSecrets(join(dir, 'one'));
    ensureComposeSecrets(join(dir, 'other'));
    const values = Object.values(files()).map((text) => text.trim());
    // s3_access_key and s3_secret_key repeat those of MinIO.
    expect(new Set(values).size).toBe(values.length - 4);
  });

  it('are made whole after a kill in the middle: what follows from a value is written anew', () => {
    ensureComposeSecrets(dir);
    const first = files();
    for (const name of ['app/database_url', 'redis/redis.conf']) rmSync(join(dir, name));
    expect(ensureComposeSecrets(dir)).toEqual(['app/database_url', 'redis/redis.conf']);
    expect(files()).toEqual(first);
  });

  it('are the same for all when several make them at once', async () => {
    const source = join(import.meta.dirname, 'compose-secrets.ts');
    const program = `import(${JSON.stringify(source)}).then((module) => module.ensureComposeSecrets(${JSON.stringify(dir)}))`;
    const children = Array.from({ length: 6 }, () =>
      spawn(process.execPath, ['--disable-warning=ExperimentalWarning', '-e', program], { stdio: 'inherit' }),
    );
    const codes = await Promise.all(children.map(async (child) => (await once(child, 'exit'))[0] as number));
    expect(codes).toEqual([0, 0, 0, 0, 0, 0]);
    expect(ensureComposeSecrets(dir)).toEqual([]);
    expect(Object.keys(files())).toHaveLength(12);
  });

  it('tell the admin token, and take another one in its place', () => {
    expect(() => readAdminToken(dir)).toThrow('There is no token yet');
    ensureComposeSecrets(dir);
    const before = readAdminToken(dir);
    const token = renewAdminToken(dir);
    expect(token).not.toBe(before);
    expect(readAdminToken(dir)).toBe(token);
    expect(ensureComposeSecrets(dir)).toEqual([]);
  });
});
