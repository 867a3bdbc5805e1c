import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { createLogger, Env } from '@vaultstream/runtime';
import { emptyDatabase, eventually, tempDir, type TestDatabase } from '@vaultstream/testing';
import { quiet } from '../../test/embedded/quiet.ts';
import { databaseReady } from './database-ready.ts';
import { deployMigrations } from './deploy-migrations.ts';

let folder: Awaited<ReturnType<typeof tempDir>>;
let database: TestDatabase;
let text: string;
let stop: AbortController;

beforeEach(async () => {
  folder = await tempDir();
  database = await emptyDatabase();
  text = '';
  stop = new AbortController();
  await mkdir(join(folder.path, '20260101000000_first'));
  await writeFile(join(folder.path, '20260101000000_first/migration.sql'), 'CREATE TABLE notes (id int)');
});
afterEach(async () => {
  stop.abort();
  await database.drop();
  await folder.remove();
});

/** A process that waits; `steps` counts how often the further steps ran. */
function waiting(env: Record<string, string> = {}, url = database.url) {
  const stream = new PassThrough();
  stream.on('data', (chunk: Buffer) => (text += chunk.toString()));
  const logger = createLogger('test', { level: 'info', format: 'json', stream });
  const state = { steps: 0, done: false };
  const start = { databaseUrl: url, env: Env.load(env), logger };
  const ready = databaseReady(start, stop.signal, [async () => void state.steps++], folder.path);
  return { state, ready: ready.then(() => (state.done = true)) };
}

describe('databaseReady', () => {
  it('waits for the deploy step, says so, and touches nothing', async () => {
    const { state, ready } = waiting();
    await eventually(() => expect(text).toContain('npm run db:deploy'));
    expect(state).toEqual({ steps: 0, done: false });
    await deployMigrations(database.url, quiet, [], folder.path);
    await ready;
    expect(state.steps).toBe(0);
  });

  it('with DB_DEPLOY_ON_START brings it up to date itself, its further steps too when no file is pending', async () => {
    const five = Array.from({ length: 5 }, () => waiting({ DB_DEPLOY_ON_START: 'true' }));
    await Promise.all(five.map(({ ready }) => ready));
    expect(five.map(({ state }) => state.steps)).toEqual([1, 1, 1, 1, 1]);
    expect(text.match(/migration applied/g)).toHaveLength(1);
  });

  it('waits for a database that is away, and stops waiting when it is told to', async () => {
    const away = new URL(database.url);
    away.port = '1';
    const { ready } = waiting({ DB_DEPLOY_ON_START: 'true' }, away.href);
    await eventually(() => expect(text).toContain('cannot be reached'));
    stop.abort();
    await expect(ready).rejects.toThrow('aborted');
  });

  it('refuses at once a database that a newer release has written', async () => {
    await deployMigrations(database.url, quiet, [], folder.path);
    const newer = databaseReady(
      { databaseUrl: database.url, env: Env.load({}), logger: quiet },
      stop.signal,
      [],
      join(folder.path, 'none'),
    );
    await expect(newer).rejects.toMatchObject({ name: 'Conflict', message: expect.stringContaining('newer version') });
  });
});
