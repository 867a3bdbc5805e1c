import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { emptyDatabase, eventually, testDatabase, type TestDatabase } from '@vaultstream/testing';
import { kinds, Member, type Kind } from './member.ts';
import { stablePort } from './ports.ts';

const root = join(import.meta.dirname, '../..');
const secretsKey = Buffer.alloc(32, 1).toString('base64');

/** How a scaled process starts when something is not as it should be. */
describe('a scaled process', () => {
  let dir: string;
  let database: TestDatabase;
  const made: Member[] = [];

  beforeAll(async () => {
    dir = mkdtempSync(join(tmpdir(), 'vaultstream-process-'));
    database = await testDatabase();
  }, 60_000);
  afterEach(() => Promise.all(made.splice(0).map((member) => member.kill())));
  afterAll(async () => {
    await database.drop();
    rmSync(dir, { recursive: true, force: true });
  });

  /** A process of its own, with as little around it as possible; `undefined` takes a variable away. */
  async function member(
    kind: Kind,
    env: Record<string, string | undefined> = {},
    metricsPort?: number,
  ): Promise<Member> {
    const given = {
      DATABASE_URL: database.url,
      SECRETS_KEY: secretsKey,
      DATA_DIR: dir,
      PATH: process.env['PATH'],
      ...env,
    };
    const set = Object.entries(given).filter((entry): entry is [string, string] => entry[1] !== undefined);
    const one = new Member({
      kind,
      index: made.length + 1,
      apiPort: await stablePort(),
      metricsPort: metricsPort ?? (await stablePort()),
      logFile: join(dir, `${kind}-${await stablePort()}.log`),
      env: Object.fromEntries(set),
    });
    made.push(one);
    return one;
  }

  /** Its only words when it does not start. */
  async function refusal(one: Member): Promise<string> {
    one.spawn();
    await eventually(() => expect(one.exits).toHaveLength(1), { timeoutMs: 30_000 });
    expect(one.exits[0]?.code).toBe(1);
    expect(one.plain()).toHaveLength(1);
    return one.plain()[0] ?? '';
  }

  it.each(kinds)(
    '%s says in one line that DATABASE_URL, and that SECRETS_KEY is missing',
    async (kind) => {
      expect(await refusal(await member(kind, { DATABASE_URL: undefined }))).toMatch(
        new RegExp(`^${kind} did not start: DATABASE_URL: is needed`),
      );
      expect(await refusal(await member(kind, { SECRETS_KEY: undefined }))).toContain('SECRETS_KEY: is needed');
    },
    60_000,
  );

  it('says in one line that Redis is not named, or that its port is taken', async () => {
    expect(await refusal(await member('parse-worker', { QUEUE_TYPE: 'bullmq' }))).toContain('REDIS_URL: is needed');
    const holder = createServer().listen(0, '127.0.0.1');
    await new Promise((resolve) => holder.once('listening', resolve));
    const { port } = holder.address() as AddressInfo;
    expect(await refusal(await member('scheduler', {}, port))).toContain(
      `METRICS_HOST, METRICS_PORT: 127.0.0.1:${port} is taken`,
    );
    holder.close();
  }, 60_000);

  it('M2: with another SECRETS_KEY than the process before it is refused in one line', async () => {
    await (await member('scheduler')).start();
    const other = Buffer.alloc(32, 2).toString('base64');
    for (const kind of ['api', 'push-dispatcher'] as const)
      expect(await refusal(await member(kind, { SECRETS_KEY: other }))).toMatch(
        new RegExp(`^${kind} did not start: The key for secrets .* is not the one that this database was begun with`),
      );
  }, 60_000);

  it('K8: waits for the deploy step, and goes on by itself when it has run', async () => {
    const empty = await emptyDatabase();
    try {
      const worker = await member('media-worker', { DATABASE_URL: empty.url });
      worker.spawn();
      await eventually(() => expect(worker.logs().map(({ name }) => name)).toContain('database.wait'), {
        timeoutMs: 30_000,
      });
      const deploy = spawnSync(process.execPath, ['scripts/db-deploy.mjs'], {
        cwd: root,
        env: { PATH: process.env['PATH'], DATABASE_URL: empty.url },
        encoding: 'utf8',
      });
      expect([deploy.status, deploy.stderr]).toEqual([0, '']);
      await worker.ready();
      await eventually(() => expect(worker.logs().map(({ name }) => name)).toContain('tasks.started'), {
        timeoutMs: 30_000,
      });
      expect((await worker.stop()).code).toBe(0);
    } finally {
      await empty.drop();
    }
  }, 120_000);

  it('K8: all kinds at once on an empty database: one brings it up to date, all start', async () => {
    const empty = await emptyDatabase();
    try {
      const all = await Promise.all(
        kinds.map((kind) => member(kind, { DATABASE_URL: empty.url, DB_DEPLOY_ON_START: 'true' })),
      );
      await Promise.all(all.map((one) => one.start()));
      const deployers = all.filter((one) => one.logs().some(({ message }) => message === 'migration applied'));
      expect(deployers).toHaveLength(1);
    } finally {
      await Promise.all(made.map((one) => one.kill()));
      await empty.drop();
    }
  }, 120_000);

  it('waits for a database that is away; a signal ends the waiting with 0', async () => {
    const worker = await member('push-dispatcher', { DATABASE_URL: 'postgresql://nobody@127.0.0.1:1/nowhere' });
    worker.spawn();
    await eventually(() => expect(worker.logs().map(({ name }) => name)).toContain('database.wait'), {
      timeoutMs: 30_000,
    });
    expect((await worker.stop()).code).toBe(0);
  }, 60_000);

  it('answers probes and /metrics on METRICS_PORT, and /readyz says 503 as soon as it stops', async () => {
    const worker = await member('api', { SHUTDOWN_DRAIN: '2', API_TOKEN: '' });
    await worker.start();
    for (const path of ['/livez', '/readyz', '/health', '/metrics'])
      expect([path, (await fetch(`${worker.metricsUrl}${path}`)).status]).toEqual([path, 200]);
    expect((await fetch(`${worker.url}/readyz`)).status).toBe(200);
    expect((await fetch(`${worker.url}/metrics`)).status).toBe(404);
    expect(worker.logs().map(({ name }) => name)).toContain('token.none');
    worker.signal('SIGTERM');
    await eventually(async () => expect((await fetch(`${worker.url}/readyz`)).status).toBe(503));
    expect((await fetch(`${worker.metricsUrl}/livez`)).status).toBe(200);
    expect((await worker.stop()).code).toBe(0);
  }, 60_000);
});
