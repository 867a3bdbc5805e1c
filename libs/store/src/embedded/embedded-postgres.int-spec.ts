import { createServer } from 'node:net';
import { readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { eventually, tempDir } from '@vaultstream/testing';
import { quiet } from '../../test/embedded/quiet.ts';
import { Child, killAll, treeOf } from '../../test/embedded/support.ts';
import { withClient } from '../migrate/index.ts';
import { EmbeddedPostgres, type EmbeddedPostgresOptions } from './embedded-postgres.ts';
import { freePort } from './free-port.ts';
import { commandLineOf, isAlive } from './process-info.ts';
import { stopLeftover } from './stop-leftover.ts';

jest.setTimeout(60_000); // each test starts several servers, beside others on the same machine

let folder: Awaited<ReturnType<typeof tempDir>>;
/** One for all tests, so that initdb runs once; each test leaves it stopped. */
let dataDir: string;
const running: EmbeddedPostgres[] = [];
const children: Child[] = [];

beforeAll(async () => {
  folder = await tempDir();
  dataDir = join(folder.path, 'data');
});
afterEach(async () => {
  await Promise.all(running.splice(0).map((postgres) => postgres.stop()));
  await Promise.all(children.splice(0).map((child) => child.kill()));
  await stopLeftover(dataDir, quiet);
});
afterAll(() => folder.remove());

async function start(options: Partial<EmbeddedPostgresOptions> = {}): Promise<EmbeddedPostgres> {
  const postgres = await EmbeddedPostgres.start({ dataDir, logger: quiet, ...options });
  running.push(postgres);
  return postgres;
}

function child(dir = dataDir): Child {
  const made = new Child('postgres', dir);
  children.push(made);
  return made;
}

const ask = async (url: string, sql: string) =>
  withClient(url, async (client) => (await client.query<Record<string, unknown>>(sql)).rows);

describe('EmbeddedPostgres', () => {
  it('starts a small, durable, password-protected server on loopback', async () => {
    const { url } = await start();
    const names = ['fsync', 'max_connections', 'shared_buffers', 'io_method', 'listen_addresses', 'server_encoding'];
    const rows = await ask(url, `SELECT ${names.map((name) => `current_setting('${name}') AS ${name}`).join(', ')}`);
    expect(rows).toEqual([
      {
        fsync: 'on',
        max_connections: '30',
        shared_buffers: '32MB',
        io_method: 'sync',
        listen_addresses: '127.0.0.1',
        server_encoding: 'UTF8',
      },
    ]);
    const [locale] = await ask(
      url,
      `SELECT datcollate, datlocprovider, datlocale, lower('ÀΣЖ'), 'Z' < 'a' AS by_code
         FROM pg_database WHERE datname = current_database()`,
    );
    // Nothing of the system's: macOS has no C.UTF-8.
    expect(locale).toEqual({
      datcollate: 'C',
      datlocprovider: 'b',
      datlocale: 'C.UTF-8',
      lower: 'àσж',
      by_code: true,
    });
    const wrong = new URL(url);
    wrong.password = 'guess';
    await expect(ask(wrong.href, 'SELECT 1')).rejects.toMatchObject({ code: '28P01' });
  });

  it('keeps data over a stop, and leaves no process behind', async () => {
    const first = await start();
    await ask(first.url, 'CREATE TABLE kept AS SELECT 42 AS answer');
    await Promise.all([first.stop(), first.stop()]);
    expect(isAlive(first.pid)).toBe(false);
    const second = await start();
    expect(await ask(second.url, 'SELECT answer FROM kept')).toEqual([{ answer: 42 }]);
  });

  it('J34: ten SIGKILLs, of the whole tree and of Node alone, lose no committed row', async () => {
    for (let round = 0; round < 10; round++) {
      const victim = child();
      const { url, pid } = await victim.up();
      if (round === 0) await ask(url, 'CREATE TABLE rounds (round int)');
      await ask(url, `INSERT INTO rounds VALUES (${round})`);
      const tree = treeOf(victim.process.pid ?? 0);
      expect(tree).toContain(pid);
      if (round % 2 === 0) killAll(tree);
      await victim.kill();
      await eventually(() => !isAlive(pid), { timeoutMs: 10_000 });
    }
    const began = Date.now();
    const { url } = await start();
    expect(Date.now() - began).toBeLessThan(15_000);
    expect(
      await ask(url, 'SELECT count(*)::int AS n, count(DISTINCT round)::int AS distinct_rounds FROM rounds'),
    ).toEqual([{ n: 10, distinct_rounds: 10 }]);
  });

  it('is stopped in order when the process that started it was killed, and leaves nothing behind', async () => {
    const victim = child();
    const { url, pid } = await victim.up();
    const tree = treeOf(victim.process.pid ?? 0);
    await ask(url, 'SELECT 1');
    await victim.kill();
    await eventually(() => tree.every((id) => !isAlive(id)), { timeoutMs: 10_000 });
    // A server that was stopped in order has removed this file, and the next one has nothing to recover.
    expect(await readdir(join(dataDir, 'postgres'))).not.toContain('postmaster.pid');
    expect(isAlive(pid)).toBe(false);
  });

  it('is out of reach of a Ctrl-C in the terminal, and a later run stops what was left', async () => {
    const victim = child();
    const { pid } = await victim.up();
    const group = victim.process.pid ?? 0;
    const guards = treeOf(group).filter((id) => commandLineOf(id)?.includes('vaultstream-guard'));
    expect(guards).toHaveLength(1);
    process.kill(guards[0] ?? 0, 'SIGKILL');
    process.kill(-group, 'SIGINT'); // what a terminal does: the whole foreground group
    await victim.exited();
    expect(isAlive(pid)).toBe(true);
    expect(await stopLeftover(dataDir, quiet)).toBe(true);
    expect(isAlive(pid)).toBe(false);
  });

  it('refuses a second instance on the same data directory and names the first', async () => {
    const first = child();
    await first.up();
    await expect(start()).rejects.toMatchObject({
      name: 'Conflict',
      message: expect.stringContaining(`process ${first.process.pid}`),
    });
    expect(await stopLeftover(dataDir, quiet)).toBe(false);
    await first.end();
    await start();
  });

  it.each(['', '{"pid":'])(
    'does not end the Postgres of a living instance whose lock file says %j',
    async (content) => {
      const first = child();
      const { url } = await first.up();
      const lock = join(dataDir, 'lock');
      for (const name of await readdir(lock)) await writeFile(join(lock, name), content);
      await expect(start()).rejects.toMatchObject({
        name: 'Conflict',
        message: expect.stringContaining(`process ${first.process.pid}`),
      });
      expect(await stopLeftover(dataDir, quiet)).toBe(false);
      expect(await ask(url, 'SELECT 1 AS one')).toEqual([{ one: 1 }]);
      await first.end();
      await start();
    },
  );

  it('begins anew after an initdb that was killed half-way', async () => {
    const fresh = join(folder.path, 'fresh');
    const victim = child(fresh);
    const staging = async () => (await readdir(fresh)).filter((name) => name.startsWith('postgres-init-'));
    await eventually(async () => (await staging()).length > 0, { intervalMs: 2 });
    await victim.kill();
    expect(await readdir(fresh)).not.toContain('postgres');
    const { url } = await start({ dataDir: fresh });
    expect(await ask(url, 'SELECT 1 AS one')).toEqual([{ one: 1 }]);
    expect(await staging()).toEqual([]);
  });

  it('starts although the pid in postmaster.pid belongs to another program by now', async () => {
    const first = await start();
    const file = join(dataDir, 'postgres', 'postmaster.pid');
    const text = await readFile(file, 'utf8');
    await first.stop();
    await writeFile(file, text.replace(String(first.pid), String(process.pid)));
    const { url } = await start();
    expect(await ask(url, 'SELECT 1 AS one')).toEqual([{ one: 1 }]);
  });

  it('tells when Postgres ends by itself, once, and not when it is stopped', async () => {
    const reasons: unknown[] = [];
    const first = await start({ onExit: (reason) => reasons.push(reason) });
    process.kill(first.pid, 'SIGKILL');
    await eventually(() => reasons.length > 0);
    expect(reasons).toEqual([{ code: null, signal: 'SIGKILL' }]);
    await first.stop();
    const second = await start({ onExit: (reason) => reasons.push(reason) });
    await second.stop();
    expect(reasons).toHaveLength(1);
  });

  it('ends when somebody else asks it to stop, although our sessions are open', async () => {
    const reasons: unknown[] = [];
    const postgres = await start({ askedToStopMs: 200, onExit: (reason) => reasons.push(reason) });
    await withClient(postgres.url, async (client) => {
      client.on('error', () => undefined);
      await client.query('SELECT 1');
      process.kill(postgres.pid, 'SIGTERM');
      await eventually(() => reasons.length > 0);
    });
    expect(reasons).toEqual([{ code: 0, signal: null }]);
  });

  it('uses the port that it is given, and says in one line when that is taken', async () => {
    const port = await freePort();
    const first = await start({ port });
    expect(new URL(first.url).port).toBe(String(port));
    await first.stop();
    const other = createServer();
    await new Promise<void>((resolve) => other.listen(port, '127.0.0.1', resolve));
    try {
      await expect(start({ port })).rejects.toMatchObject({
        name: 'InfrastructureError',
        message: `Port ${port}, set for the embedded Postgres, is taken by another program.`,
      });
    } finally {
      other.close();
    }
    await start({ port });
  });

  it('refuses a cluster of another major version, and one whose password is lost or wrong, without touching it', async () => {
    const first = await start();
    await first.stop();
    const version = join(dataDir, 'postgres', 'PG_VERSION');
    const password = join(dataDir, 'postgres-password');
    const [rightVersion, rightPassword] = [await readFile(version), await readFile(password)];
    await writeFile(version, '9\n');
    await expect(start()).rejects.toThrow(/was made by Postgres 9, but this VaultStream brings \d+/);
    await writeFile(version, rightVersion);
    await rm(password);
    await expect(start()).rejects.toThrow(/password of the database in .* is missing/);
    await writeFile(password, 'guess');
    await expect(start()).rejects.toThrow(/does not accept the password/);
    await writeFile(password, rightPassword);
    await start();
  });
});
