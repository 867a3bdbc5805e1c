import { Socket } from 'node:net';
import { afterAll, beforeAll, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { InfrastructureError } from '@vaultstream/contracts';
import pg from 'pg';
import { eventually, HalfOpenProxy, testDatabase, type TestDatabase } from '@vaultstream/testing';
import { Database } from './database.ts';
import { openTx, type TxClient } from './tx.ts';

let database: TestDatabase;
let db: Database;
beforeAll(async () => {
  database = await testDatabase();
  db = new Database({ url: database.url, poolSize: 8 });
}, 60_000);
beforeEach(() => db.client.$executeRaw`DELETE FROM settings`);
afterAll(async () => {
  await db.close();
  await database.drop();
});

const transact = <T>(work: (client: TxClient) => Promise<T>) => db.transact((tx) => work(openTx(tx)));
const insert = (client: TxClient, key: string) =>
  client.$executeRaw`INSERT INTO settings (key, value) VALUES (${key}, ${{ key }}::jsonb)`;
const keys = async () => (await db.client.setting.findMany({ orderBy: { key: 'asc' } })).map((row) => row.key);

describe('a transaction', () => {
  it('commits what it returns from, and takes back what it throws from', async () => {
    expect(await transact(async (client) => [await insert(client, 'a'), await insert(client, 'b')])).toEqual([1, 1]);
    const thrown = new Error('no');
    await expect(
      transact(async (client) => {
        await insert(client, 'c');
        throw thrown;
      }),
    ).rejects.toBe(thrown);
    expect(await keys()).toEqual(['a', 'b']);
  });

  it('shows its own writes to the models, and theirs to the raw statements; nobody else sees them', async () => {
    await Promise.all(
      ['a', 'b', 'c'].map((mine) =>
        transact(async (client) => {
          await insert(client, mine);
          // Looked up by the same unique key at the same moment: each model stays with its own connection.
          expect(await client.setting.findUnique({ where: { key: mine } })).toMatchObject({ value: { key: mine } });
          expect(await client.setting.findMany()).toHaveLength(1);
          await client.setting.update({ where: { key: mine }, data: { value: 'changed' } });
          expect(await client.$queryRaw`SELECT value FROM settings`).toEqual([{ value: 'changed' }]);
          expect(await db.client.setting.findMany()).toEqual([]);
          throw new Error('taken back');
        }).catch((error: Error) => expect(error.message).toBe('taken back')),
      ),
    );
    expect(await keys()).toEqual([]);
  });

  it('lets the process live when the connection breaks in the moment in which it is handed out', async () => {
    const own = new Database({ url: database.url, poolSize: 1 });
    // A server that is shut down says so right behind its greeting: the pool listens no more, and the transaction not yet.
    const { pool } = own as unknown as { pool: pg.Pool };
    let handedOut = 0;
    pool.on('acquire', (connection) => {
      handedOut++;
      process.nextTick(() =>
        connection.emit('error', new Error('terminating connection due to administrator command')),
      );
    });
    expect(await own.transact((tx) => insert(openTx(tx), 'a'))).toBe(1);
    expect(handedOut).toBe(1);
    await own.close();
  });

  it('fails when a failed statement was swallowed: it cannot have committed', async () => {
    await expect(
      transact(async (client) => {
        await insert(client, 'a');
        await insert(client, 'a').catch(() => undefined);
      }),
    ).rejects.toThrow('a statement of the transaction had failed');
    expect(await keys()).toEqual([]);
  });

  it('gives the error of the statement that failed, whatever was sent behind it', async () => {
    await expect(
      transact((client) => Promise.all([insert(client, 'a'), client.$queryRaw`SELECT 1 / 0`, insert(client, 'b')])),
    ).rejects.toMatchObject({ code: '22012' });
    expect(await keys()).toEqual([]);
  });

  it('sends statements that do not wait for one another in one write', async () => {
    // Whatever connects or reads types for the first time has done so.
    await transact((client) => insert(client, 'before'));
    // Node's sockets write through one of these two: one chunk, or several that were held back.
    type Writes = Record<'_write' | '_writev', (...args: unknown[]) => void>;
    const writes = (['_write', '_writev'] as const).map((name) =>
      jest.spyOn(Socket.prototype as unknown as Writes, name),
    );
    try {
      await transact(async (client) => {
        await Promise.all(['a', 'b', 'c'].map((key) => insert(client, key)));
        await Promise.all(['d', 'e', 'f'].map((key) => insert(client, key)));
      });
      // BEGIN with the first three, the next three, COMMIT.
      expect(writes.reduce((sum, { mock }) => sum + mock.calls.length, 0)).toBe(3);
    } finally {
      for (const write of writes) write.mockRestore();
    }
    expect(await keys()).toEqual(['a', 'b', 'before', 'c', 'd', 'e', 'f']);
  });

  it('refuses its client after its end', async () => {
    const leaked = await transact((client) => Promise.resolve({ client }));
    await expect(leaked.client.$queryRaw`SELECT 1`).rejects.toThrow('the transaction has ended');
    await expect(leaked.client.setting.findMany()).rejects.toThrow('the transaction has ended');
  });

  it('whose connection is killed says that the database is away, and the pool goes on', async () => {
    await expect(
      transact(async (client) => {
        const [row] = await client.$queryRaw<{ pid: number }[]>`SELECT pg_backend_pid() AS pid`;
        await db.client.$queryRaw`SELECT pg_terminate_backend(${row?.pid}::int)`;
        await insert(client, 'a');
      }),
    ).rejects.toBeInstanceOf(InfrastructureError);
    await transact((client) => insert(client, 'b'));
    expect(await keys()).toEqual(['b']);
  });

  it('that takes longer than five seconds is given up, and holds nothing any more', async () => {
    await expect(
      transact(async (client) => {
        await insert(client, 'a');
        await client.$queryRaw`SELECT 1 FROM pg_sleep(6)`;
      }),
    ).rejects.toThrow('a transaction took longer than 5000 ms');
    expect(await transact((client) => insert(client, 'a'))).toBe(1);
  });

  it('waits for a lock no longer than it may take, and leaves nobody waiting at the server', async () => {
    await transact((client) => insert(client, 'a'));
    const holder = new pg.Client({ connectionString: database.url });
    await holder.connect();
    await holder.query('BEGIN');
    await holder.query('SELECT 1 FROM settings FOR UPDATE');
    const waiting = () =>
      db.client.$queryRaw<unknown[]>`
        SELECT 1 FROM pg_stat_activity WHERE datname = current_database() AND application_name = 'vaultstream' AND wait_event_type = 'Lock'`;
    const blocked = Array.from({ length: 3 }, () =>
      transact((client) => client.$executeRaw`UPDATE settings SET key = key`),
    );
    for (const result of await Promise.allSettled(blocked))
      expect(result).toMatchObject({ status: 'rejected', reason: { name: 'InfrastructureError' } });
    // Who was next in line may have begun a second wait.
    await eventually(async () => expect(await waiting()).toHaveLength(0), { timeoutMs: 10_000 });
    await holder.end();
  });

  it('whose commit is never answered says that the database is away', async () => {
    const { port } = new URL(database.url);
    const proxy = await HalfOpenProxy.start(Number(port));
    const through = new Database({ url: database.url.replace(`:${port}/`, `:${proxy.port}/`) });
    await expect(
      through.transact(async (tx) => {
        await insert(openTx(tx), 'a');
        proxy.freeze();
      }),
    ).rejects.toBeInstanceOf(InfrastructureError);
    await through.transact((tx) => insert(openTx(tx), 'b'));
    await proxy.close();
    await through.close();
  });

  it('prepares what comes again once for each connection, models included', async () => {
    const prepared = (client: TxClient) =>
      client.$queryRaw<{ statement: string }[]>`SELECT statement FROM pg_prepared_statements WHERE name LIKE 'vs\\_%'`;
    const own = new Database({ url: database.url, poolSize: 1 });
    let statements: string[] = [];
    for (let round = 0; round < 5; round++)
      await own.transact(async (tx) => {
        await openTx(tx).$executeRaw`UPDATE settings SET key = key WHERE key = ${`k${round}`}`;
        await openTx(tx).setting.findMany({ where: { key: `k${round}` } });
        statements = (await prepared(openTx(tx))).map(({ statement }) => statement);
      });
    await own.close();
    expect(statements.filter((text) => text.startsWith('UPDATE settings'))).toHaveLength(1);
    expect(statements.filter((text) => text.includes('FROM "public"."settings"'))).toHaveLength(1);
  });

  it('goes on when a migration changes the type of a column under a prepared statement', async () => {
    const other = new Database({ url: database.url });
    await other.client.$executeRaw`CREATE TABLE retyped (a int)`;
    await other.client.$executeRaw`INSERT INTO retyped VALUES (7)`;
    const inTransaction = () =>
      other.transact((tx) => openTx(tx).$queryRaw<{ a: unknown }[]>`SELECT a FROM retyped WHERE a IS NOT NULL`);
    const alone = () =>
      other.statement((client) => client.$queryRaw<{ a: unknown }[]>`SELECT a FROM retyped WHERE ${true}::boolean`);
    for (const ask of [inTransaction, alone]) {
      await other.client.$executeRaw`ALTER TABLE retyped ALTER a TYPE int USING a::int`;
      for (let round = 0; round < 8; round++) expect(await ask()).toEqual([{ a: 7 }]);
      await other.client.$executeRaw`ALTER TABLE retyped ALTER a TYPE text`;
      expect(await ask()).toEqual([{ a: '7' }]);
      // Another migration, and not the rest of this one.
      await new Promise((resolve) => setTimeout(resolve, 1_100));
    }
    await other.client.$executeRaw`DROP TABLE retyped`;
    await other.close();
  });

  it('goes on when a migration changes the type of a column that a model reads', async () => {
    const other = new Database({ url: database.url, poolSize: 1 });
    const read = () => other.transact((tx) => openTx(tx).setting.findFirst({ select: { key: true } }));
    await transact((client) => insert(client, 'a'));
    for (let round = 0; round < 8; round++) expect(await read()).toEqual({ key: 'a' });
    await other.client.$executeRaw`ALTER TABLE settings ALTER key TYPE varchar(100)`;
    expect(await read()).toEqual({ key: 'a' });
    await other.client.$executeRaw`ALTER TABLE settings ALTER key TYPE text`;
    await other.close();
  });

  it('is run again after a deadlock', async () => {
    await transact(async (client) => [await insert(client, 'a'), await insert(client, 'b')]);
    const touch = (client: TxClient, key: string) =>
      client.$executeRaw`UPDATE settings SET value = to_jsonb(value::text || '!') WHERE key = ${key}`;
    let bothHold = 0;
    const cross = (first: string, second: string) =>
      transact(async (client) => {
        await touch(client, first);
        bothHold++;
        while (bothHold < 2) await new Promise((resolve) => setTimeout(resolve, 5));
        await touch(client, second);
      });
    await Promise.all([cross('a', 'b'), cross('b', 'a')]);
    // One of them was the victim and began anew.
    expect(bothHold).toBeGreaterThanOrEqual(3);
  });
});

it('raw statements answer as Prisma does', async () => {
  const at = new Date('2026-01-02T03:04:05.678Z');
  const [row] = await db.client.$queryRaw<Record<string, unknown>[]>`
    SELECT 9007199254740993::int8 AS int8, 7::int4 AS int4, 1.5::float8 AS float8, 12.25::numeric AS numeric, true AS bool,
      ${at}::timestamptz AS at, ${{ a: [1, null] }}::jsonb AS json, ${['x', 'y,"z']}::text[] AS words, ${[1, 2]}::int[] AS numbers,
      ${null}::text AS nothing, ${'{"not":"parsed"}'}::text AS text, ${Buffer.from([0, 255])}::bytea AS bytes, ${12n}::int8 AS big`;
  expect(row).toEqual({
    int8: 9007199254740993n,
    int4: 7,
    float8: 1.5,
    numeric: 12.25,
    bool: true,
    at,
    json: { a: [1, null] },
    words: ['x', 'y,"z'],
    numbers: [1, 2],
    nothing: null,
    text: '{"not":"parsed"}',
    bytes: Buffer.from([0, 255]),
    big: 12n,
  });
});
