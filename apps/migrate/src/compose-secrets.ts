import { randomBytes } from 'node:crypto';
import { existsSync, linkSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** Values that nobody can guess, and that are made once: file below the folder of secrets, and how. */
const made = {
  secretsKey: ['app/secrets_key', () => randomBytes(32).toString('base64')],
  apiToken: ['app/api_token', () => newToken()],
  postgres: ['postgres/password', () => randomBytes(24).toString('hex')],
  redis: ['redis/password', () => randomBytes(24).toString('hex')],
  minioUser: ['minio/user', () => randomBytes(10).toString('hex')],
  minio: ['minio/password', () => randomBytes(20).toString('hex')],
  grafana: ['grafana/password', () => randomBytes(12).toString('hex')],
} as const satisfies Record<string, readonly [file: string, make: () => string]>;

type Made = Record<keyof typeof made, string>;

/** What is said in other words for those who read it otherwise: it follows from the values, and is written anew when it differs. */
const derived: Readonly<Record<string, (values: Made) => string>> = {
  'app/database_url': ({ postgres }) => `postgresql://vaultstream:${postgres}@postgres:5432/vaultstream`,
  'app/redis_url': ({ redis }) => `redis://:${redis}@redis:6379/0`,
  'app/s3_access_key': ({ minioUser }) => minioUser,
  'app/s3_secret_key': ({ minio }) => minio,
  // In a file, because a command line can be read by everybody.
  'redis/redis.conf': ({ redis }) => `requirepass ${redis}\n`,
};

const newToken = () => `vs_compose_${randomBytes(24).toString('hex')}`;

/**
 * Makes what is missing of the secrets that the services of docker-compose.yml share: one folder for each service that reads them. May
 * be called any number of times, by two at once and after a kill: what is there stays.
 * @returns the files that were made or written anew, below `dir`
 */
export function ensureComposeSecrets(dir: string): string[] {
  const written: string[] = [];
  const values = Object.fromEntries(
    Object.entries(made).map(([name, [file, make]]) => {
      if (writeOnce(join(dir, file), make)) written.push(file);
      return [name, readFileSync(join(dir, file), 'utf8')];
    }),
  ) as Made;
  for (const [file, text] of Object.entries(derived)) if (replace(join(dir, file), text(values))) written.push(file);
  return written;
}

/** @throws Error when there is none yet. */
export function readAdminToken(dir: string): string {
  const file = join(dir, made.apiToken[0]);
  if (!existsSync(file)) throw new Error('There is no token yet: docker compose up makes one.');
  return readFileSync(file, 'utf8');
}

/** Puts another admin token in the place of the one that is there. It counts once the API has started again. */
export function renewAdminToken(dir: string): string {
  const token = newToken();
  replace(join(dir, made.apiToken[0]), token);
  return token;
}

/** A file of a volume that only its reader mounts: users in containers differ, so all may read it. On the disk before it has its name. */
function draft(path: string, text: string): string {
  mkdirSync(dirname(path), { recursive: true });
  const file = `${path}.${randomBytes(6).toString('hex')}`;
  writeFileSync(file, text, { mode: 0o444, flush: true });
  return file;
}

/** @returns whether it was written: false when it was there, or somebody else was faster */
function writeOnce(path: string, make: () => string): boolean {
  if (existsSync(path)) return false;
  const file = draft(path, make());
  try {
    linkSync(file, path);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    return false;
  } finally {
    rmSync(file);
  }
}

/** @returns whether it was another text */
function replace(path: string, text: string): boolean {
  if (existsSync(path) && readFileSync(path, 'utf8') === text) return false;
  renameSync(draft(path, text), path);
  return true;
}
