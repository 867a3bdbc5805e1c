import { chmodSync, existsSync, mkdirSync, readdirSync, rmSync, statSync } from 'node:fs';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from '@jest/globals';
import { eventually } from '@vaultstream/testing';
import { newDataDir } from './support/data-dir.ts';
import { Product } from './support/product.ts';

/** What goes wrong with an installation rather than with a request: one clear line each, or recovery. */
describe('an installation', () => {
  const folders: string[] = [];
  const running: Product[] = [];
  const newFolder = () => {
    const folder = newDataDir(0o755);
    folders.push(folder);
    return folder;
  };
  const spawn = (...options: Parameters<typeof Product.spawn>) => {
    const product = Product.spawn(...options);
    running.push(product);
    return product;
  };
  const asUser = process.getuid?.() === 0 ? ['setpriv', '--reuid=65534', '--regid=65534', '--clear-groups'] : [];

  /** Waits for a start to fail and answers its only plain line. */
  const refusal = async (product: Product) => {
    await expect(product.ready()).rejects.toThrow('did not start');
    expect(product.exit?.code).toBe(1);
    const lines = product.plain.filter((line) => line.trim() !== '');
    expect(lines).toHaveLength(1);
    return lines[0];
  };

  afterEach(async () => {
    for (const product of running.splice(0)) await product.stop();
    for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true });
  }, 60_000);

  it('a first start shows the admin token once; the token works and a second start shows none', async () => {
    const dataDir = newFolder();
    const first = spawn({ dataDir, env: { API_TOKEN: '' } });
    await first.ready();
    const token = /Admin token: (\S+)/.exec(first.plain.join('\n'))?.[1] ?? '';
    expect(token).toMatch(/^vs_/);
    expect((await first.call('GET', '/api/v1/tokens', undefined, { 'x-api-token': token })).status).toBe(200);
    expect(await first.stop()).toBe(0);
    const second = spawn({ dataDir, env: { API_TOKEN: '' } });
    await second.ready();
    expect(second.plain.join('\n')).not.toContain('token');
    expect((await second.call('GET', '/api/v1/tokens', undefined, { 'x-api-token': token })).status).toBe(200);
  }, 120_000);

  it('an API_TOKEN that is replaced or removed opens the door no longer', async () => {
    const dataDir = newFolder();
    const status = async (product: Product, token: string) =>
      (await product.call('GET', '/api/v1/tokens', undefined, { 'x-api-token': token })).status;
    const next = 'another-token-of-the-operator';
    const first = spawn({ dataDir });
    await first.ready();
    expect(await status(first, Product.token)).toBe(200);
    await first.stop();
    const rotated = spawn({ dataDir, env: { API_TOKEN: next } });
    await rotated.ready();
    expect([await status(rotated, Product.token), await status(rotated, next)]).toEqual([401, 200]);
    await rotated.stop();
    const removed = spawn({ dataDir, env: { API_TOKEN: '' } });
    await removed.ready();
    expect([await status(removed, Product.token), await status(removed, next)]).toEqual([401, 401]);
    expect(removed.plain.join('\n')).toContain('Admin token:');
  }, 120_000);

  it('L3: the token of the first start is refused as API_TOKEN in one line, and is what it was without it', async () => {
    const dataDir = newFolder();
    const first = spawn({ dataDir, env: { API_TOKEN: '' } });
    await first.ready();
    const token = /Admin token: (\S+)/.exec(first.plain.join('\n'))?.[1] ?? '';
    const admin = { 'x-api-token': token };
    const made = await first.call('POST', '/api/v1/tokens', { name: 'reader', scopes: ['read'] }, admin);
    const reader = (made.body as { token: string }).token;
    await first.stop();
    for (const [value, name] of [
      [token, 'first start'],
      [reader, 'reader'],
    ] as const) {
      const line = await refusal(spawn({ dataDir, env: { API_TOKEN: value } }));
      expect(line).toContain(`API_TOKEN holds the token "${name}" (${value.slice(0, 11)}_...)`);
      expect(line).not.toContain(value.slice(12));
    }
    for (const value of [Product.token, '']) {
      const again = spawn({ dataDir, env: { API_TOKEN: value } });
      await again.ready();
      const status = async (presented: string) =>
        (await again.call('GET', '/api/v1/tokens', undefined, { 'x-api-token': presented })).status;
      expect([await status(token), await status(reader)]).toEqual([200, 403]);
      await again.stop();
    }
  }, 180_000);

  it('a second instance on the same data directory is refused in one line that names the first', async () => {
    const dataDir = newFolder();
    const first = spawn({ dataDir });
    await first.ready();
    expect(await refusal(spawn({ dataDir }))).toContain(String(first.child.pid));
    expect((await first.call('GET', '/readyz')).status).toBe(200);
  }, 120_000);

  it('M2: a lost secrets.key is refused in one line, as is another one; given up on purpose, /health counts what went with it', async () => {
    const dataDir = newFolder();
    const first = spawn({ dataDir });
    await first.ready();
    const address = { url: 'https://example.com/hook' };
    await first.call('POST', '/api/v1/targets', { kind: 'webhook', name: 'kept', address });
    expect((await first.call('GET', '/health')).body.components.secrets).toEqual({ status: 'ok' });
    await first.stop();
    const file = join(dataDir, 'secrets.key');
    rmSync(file);
    expect(await refusal(spawn({ dataDir }))).toContain(`${file} is missing`);
    const SECRETS_KEY = Buffer.alloc(32, 9).toString('base64');
    expect(await refusal(spawn({ dataDir, env: { SECRETS_KEY } }))).toContain('The key for secrets');
    const anew = spawn({ dataDir, env: { SECRETS_KEY_LOST: 'true' } });
    await anew.ready();
    expect(await anew.call('GET', '/health')).toMatchObject({
      status: 503,
      body: {
        status: 'degraded',
        components: { secrets: { status: 'down', detail: expect.stringContaining('1 secret was') } },
      },
    });
    const { body } = await anew.call('GET', '/api/v1/targets');
    const whole = { address: { ...address, secret: `whsec_${Buffer.alloc(32, 3).toString('base64')}` } };
    expect(await anew.call('PATCH', `/api/v1/targets/${body.items[0].id}`, whole)).toMatchObject({ status: 200 });
    await eventually(async () => expect((await anew.call('GET', '/health')).body.status).toBe('ok'));
  }, 180_000);

  it('J34: a killed run is recovered by the next start', async () => {
    const dataDir = newFolder();
    const first = spawn({ dataDir });
    await first.ready();
    await first.call('POST', '/api/v1/targets', {
      kind: 'webhook',
      name: 'kept',
      address: { url: 'https://example.com/hook' },
    });
    await first.kill();
    const second = spawn({ dataDir });
    await second.ready();
    const { body } = await second.call('GET', '/api/v1/targets');
    expect(body.items.map((target: { name: string }) => target.name)).toEqual(['kept']);
  }, 120_000);

  it('a taken port is one clear line', async () => {
    const holder = createServer().listen(0, '127.0.0.1');
    await new Promise((resolve) => holder.once('listening', resolve));
    const { port } = holder.address() as AddressInfo;
    expect(await refusal(spawn({ dataDir: newFolder(), port }))).toContain(`127.0.0.1:${port} is taken`);
    await new Promise((resolve) => holder.close(resolve));
  }, 120_000);

  it('a bad variable and one of the old version are one clear line each', async () => {
    expect(await refusal(spawn({ dataDir: newFolder(), env: { API_PORT: 'eighty' } }))).toContain('API_PORT');
    expect(await refusal(spawn({ dataDir: newFolder(), env: { DATABASE_TYPE: 'sqlite' } }))).toContain(
      'DATABASE_TYPE=sqlite',
    );
  }, 60_000);

  it('a data directory that cannot be written is one clear line', async () => {
    const parent = newFolder();
    const dataDir = join(parent, 'data');
    mkdirSync(dataDir, { mode: 0o555 });
    // Root may write anywhere: the refusal is shown as another user.
    expect(await refusal(spawn({ dataDir, prefix: asUser }))).toContain(dataDir);
  }, 60_000);

  it('runs as an unprivileged user, and leaves secrets readable to nobody else', async () => {
    const parent = newFolder();
    chmodSync(parent, 0o777);
    const dataDir = join(parent, 'data');
    const product = spawn({ dataDir, prefix: asUser });
    await product.ready();
    await eventually(async () => {
      expect((await product.call('GET', '/health')).body.status).toBe('ok');
    });
    expect(statSync(join(dataDir, 'secrets.key')).mode & 0o077).toBe(0);
  }, 120_000);

  it('a start that died while it made the database is done again', async () => {
    const dataDir = newFolder();
    const first = spawn({ dataDir });
    const deadline = Date.now() + 30_000;
    // The moment after the first file appears: initdb is at work.
    while (!existsSync(dataDir) || readdirSync(dataDir).length < 2) {
      if (Date.now() > deadline) throw new Error('the data directory stayed empty');
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
    await first.killTree();
    const second = spawn({ dataDir });
    await second.ready();
    expect((await second.call('GET', '/readyz')).status).toBe(200);
  }, 120_000);

  it('SIGTERM ends it in order with 0 and leaves no process behind', async () => {
    const dataDir = newFolder();
    const product = spawn({ dataDir });
    await product.ready();
    const postgres = product.descendants();
    expect(postgres.length).toBeGreaterThan(0);
    expect(await product.stop()).toBe(0);
    const alive = postgres.filter((pid) => existsSync(`/proc/${pid}`));
    expect(alive).toEqual([]);
    expect(product.logs.map((line) => line['phase']).filter(Boolean)).toEqual([
      'intake',
      'http',
      'relay',
      'workers',
      'store',
      'children',
    ]);
  }, 120_000);
});
