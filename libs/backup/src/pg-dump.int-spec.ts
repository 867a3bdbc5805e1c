import { execFileSync, spawnSync, type SpawnSyncOptions } from 'node:child_process';
import { chmodSync, chownSync, mkdirSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { pino } from 'pino';
import { Database, deployMigrations, EventFeed, Events } from '@vaultstream/store';
import { finishRestore } from '@vaultstream/store/backup';
import { freePort } from '@vaultstream/store/embedded';
import { withClient } from '@vaultstream/store/migrate';
import { tempDir } from '@vaultstream/testing';

/** The newest Postgres of the system with its dump tools: the embedded one has none. Null where there is none. */
function systemPostgres(): string | null {
  const home = '/usr/lib/postgresql';
  const majors = spawnSync('ls', [home], { encoding: 'utf8' }).stdout?.split('\n').filter(Boolean) ?? [];
  const newest = majors
    .sort((a, b) => Number(b) - Number(a))
    .find((major) => readdirSync(join(home, major, 'bin')).includes('pg_dump'));
  return newest === undefined ? null : join(home, newest, 'bin');
}

const bin = systemPostgres();
if (bin === null) console.warn('SKIPPED: pg_dump and its server are not installed (apt-get install postgresql)');

/** Root may not run Postgres. */
const user: SpawnSyncOptions =
  process.getuid?.() === 0
    ? { uid: Number(execFileSync('id', ['-u', 'nobody'])), gid: Number(execFileSync('id', ['-g', 'nobody'])) }
    : {};

/** A cluster of the system's Postgres. @param nextXid Where its transaction ids begin. */
async function startCluster(folder: string, nextXid?: number) {
  const port = await freePort();
  const data = join(folder, 'data');
  mkdirSync(folder);
  chmodSync(folder, 0o755);
  if (user.uid !== undefined) chownSync(folder, Number(user.uid), Number(user.gid));
  const run = (program: string, ...args: string[]) =>
    execFileSync(join(bin ?? '', program), args, { ...user, cwd: folder, stdio: ['ignore', 'ignore', 'inherit'] });
  run(
    'initdb',
    '--auth=trust',
    '--username=vaultstream',
    '--encoding=UTF8',
    '--locale=C',
    '--no-sync',
    `--pgdata=${data}`,
  );
  if (nextXid !== undefined) run('pg_resetwal', '-x', String(nextXid), data);
  if (nextXid !== undefined)
    execFileSync('dd', [
      'if=/dev/zero',
      `of=${join(data, 'pg_xact', clogFile(nextXid))}`,
      'bs=256k',
      'count=1',
      'status=none',
    ]);
  if (nextXid !== undefined) execFileSync('chmod', ['-R', 'u+rwX,go=', join(data, 'pg_xact')]);
  if (nextXid !== undefined && user.uid !== undefined)
    execFileSync('chown', ['-R', `${user.uid}:${user.gid}`, join(data, 'pg_xact')]);
  const settings = `-p ${port} -c listen_addresses=127.0.0.1 -c unix_socket_directories='' -c fsync=off`;
  run('pg_ctl', 'start', '-w', '-D', data, '-l', join(folder, 'log'), '-o', settings);
  const base = `postgresql://vaultstream@127.0.0.1:${port}`;
  await withClient(`${base}/postgres`, (client) => client.query('CREATE DATABASE vaultstream'));
  return { url: `${base}/vaultstream`, stop: () => run('pg_ctl', 'stop', '-m', 'immediate', '-D', data) };
}

/** The file of the commit log that an id lies in: 4 ids a byte, 8 kB pages, 32 pages a file. */
const clogFile = (xid: number): string =>
  Math.floor(xid / (4 * 8_192 * 32))
    .toString(16)
    .toUpperCase()
    .padStart(4, '0');

(bin === null ? describe.skip : describe)('pg_dump and pg_restore', () => {
  let folder: Awaited<ReturnType<typeof tempDir>>;
  const stops: (() => void)[] = [];
  beforeAll(async () => {
    folder = await tempDir();
  });
  afterAll(async () => {
    for (const stop of stops) stop();
    await folder.remove();
  });

  it('into a new cluster: the event stream stands still until the restore is finished, and goes on then', async () => {
    const old = await startCluster(join(folder.path, 'old'), 50_000_000);
    stops.push(old.stop);
    await deployMigrations(old.url, pino({ level: 'silent' }));
    const before = new Database({ url: old.url });
    await before.transact((tx) => Events.append(tx, [{ type: 'content.created', payload: { n: 1 } }]));
    const [told] = await new EventFeed(before).after({ xid: 0n, id: 0n }, 10);
    await before.close();
    const dump = join(folder.path, 'vaultstream.dump');
    execFileSync(join(bin ?? '', 'pg_dump'), ['--format=custom', '--exclude-schema=bullmq', `--file=${dump}`, old.url]);

    const fresh = await startCluster(join(folder.path, 'fresh'));
    stops.push(fresh.stop);
    execFileSync(join(bin ?? '', 'pg_restore'), ['--no-owner', '--exit-on-error', `--dbname=${fresh.url}`, dump]);
    const after = new Database({ url: fresh.url });
    try {
      const feed = new EventFeed(after);
      expect(await feed.after({ xid: 0n, id: 0n }, 10)).toEqual([]);
      await after.close();
      await finishRestore(fresh.url, { backup: 'pg_restore', nothingSentSince: false, lostBlobs: [] });
    } finally {
      await after.close().catch(() => undefined);
    }
    const finished = new Database({ url: fresh.url });
    try {
      const feed = new EventFeed(finished);
      await finished.transact((tx) => Events.append(tx, [{ type: 'content.created', payload: { n: 2 } }]));
      const cursor = await feed.open(told?.cursor ?? '', 'query.after');
      const types = (await feed.after(cursor, 10)).map(({ type }) => type);
      expect(types).toEqual(['backup.restored', 'content.created']);
    } finally {
      await finished.close();
    }
    expect(await deployMigrations(fresh.url, pino({ level: 'silent' }))).toEqual([]);
  }, 180_000);
});
