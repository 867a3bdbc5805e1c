import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { readdirSync, rmSync } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { eventually } from '@vaultstream/testing';
import { newDataDir } from './support/data-dir.ts';
import { Product } from './support/product.ts';
import { Receiver } from './support/receiver.ts';
import { Site } from './support/site.ts';

const root = join(import.meta.dirname, '../../..');
const passphrase = 'the harbour lamps at noon';

/** Runs `npm run backup` or `npm run restore` as the built product does. */
async function command(name: 'backup' | 'restore', dataDir: string, args: string[], env: Record<string, string> = {}) {
  const child = spawn(
    join(root, 'node_modules/node/bin/node'),
    [join(root, `apps/standalone/dist/${name}.js`), ...args],
    {
      cwd: root,
      env: {
        PATH: process.env['PATH'] ?? '',
        HOME: process.env['HOME'] ?? '',
        DATA_DIR: dataDir,
        BACKUP_PASSPHRASE: passphrase,
        ...env,
      },
      stdio: ['ignore', 'pipe', 'pipe'],
    },
  );
  const exited = once(child, 'exit');
  const [out, err] = await Promise.all([text(child.stdout), text(child.stderr)]);
  const [code] = (await exited) as [number | null];
  // On a slow machine it says how far it is.
  return { code, out, err: err.replaceAll(/^stored files: .*\n/gm, '') };
}

/** C11: the drill. A vault at work is backed up, lost, and brought back into a new cluster. Minutes of work: only where all has to be shown. */
const drill = process.env['CI'] === 'true' ? describe : describe.skip;

drill('backup and restore', () => {
  const [dataDir, newDir, otherDir, backups] = [newDataDir(), newDataDir(), newDataDir(), newDataDir()];
  let site: Site;
  let receiver: Receiver;
  let product: Product;
  let firstCursor = '';
  let folder = '';
  const before: Record<string, unknown> = {};
  let pushedBefore: number[] = [];

  const start = (dir: string) =>
    Product.start({
      dataDir: dir,
      env: {
        FETCH_HOST_OVERRIDES: `${Site.host}=${site.baseUrl},hooks.example.com=${receiver.baseUrl}`,
        BACKUP_DIR: backups,
        BACKUP_PASSPHRASE: passphrase,
      },
    });
  const share = (id: number, tags: string[] = []) =>
    product.call('POST', '/api/v1/shares', { url: site.url(id), tags: ['harbour', ...tags], source: 'drill' });
  const reads = [
    '/api/v1/contents?tag=first&q=moorings',
    '/api/v1/contents/1',
    '/api/v1/contents/2/explain',
    '/api/v1/contents/3/timeline',
    '/api/v1/targets',
    '/api/v1/rules',
    '/api/v1/bot-config',
    '/api/v1/tokens',
    '/api/v1/settings',
    '/api/v1/dead-letters',
    '/api/v1/deliveries?content_id=1',
    '/api/v1/contents/4',
  ];

  /** Every stored picture of the first contents, by its key. */
  async function pictures(): Promise<Record<string, string>> {
    const found: Record<string, string> = {};
    for (let id = 1; id <= 6; id++) {
      const { body } = await product.call('GET', `/api/v1/contents/${id}`);
      for (const { stored_key, stored_url } of body.media as { stored_key: string; stored_url: string }[]) {
        const response = await fetch(new URL(stored_url, product.url));
        expect(response.status).toBe(200);
        found[stored_key] = createHash('sha256')
          .update(Buffer.from(await response.arrayBuffer()))
          .digest('hex');
      }
    }
    return found;
  }

  /** Events after a cursor, as a client that comes back gets them. */
  async function eventsAfter(
    cursor: string,
    until: (types: string[]) => boolean,
  ): Promise<{ cursor: string; type: string }[]> {
    const stop = new AbortController();
    const response = await fetch(`${product.url}/api/v1/events?after=${cursor}`, {
      headers: { 'x-api-token': Product.token },
      signal: stop.signal,
    });
    expect(response.status).toBe(200);
    const events: { cursor: string; type: string }[] = [];
    let rest = '';
    for await (const chunk of response.body as unknown as AsyncIterable<Uint8Array>) {
      rest += Buffer.from(chunk).toString('utf8');
      const blocks = rest.split('\n\n');
      rest = blocks.pop() ?? '';
      for (const block of blocks) {
        const data = /^data: ?(.*)$/m.exec(block)?.[1];
        // The first frame says only where the stream begins.
        if (data?.includes('"type"')) events.push(JSON.parse(data) as { cursor: string; type: string });
      }
      if (until(events.map(({ type }) => type))) break;
    }
    stop.abort();
    return events;
  }

  /** Links are signed anew each time, and tell the hour. */
  const settled = (answer: unknown): unknown =>
    JSON.parse(
      JSON.stringify(answer, (name, value: unknown) => {
        if (['stored_url', 'last_used_at', 'last_success_at'].includes(name)) return null;
        return value;
      }),
    );

  beforeAll(async () => {
    [site, receiver] = await Promise.all([Site.start(), Receiver.start()]);
    product = await start(dataDir);
    const target = await product.call('POST', '/api/v1/targets', {
      kind: 'webhook',
      name: 'Example hook',
      address: { url: 'https://hooks.example.com/vault' },
    });
    receiver.secret = target.body.secret;
    await product.call('POST', '/api/v1/rules', {
      name: 'goes out',
      match: { tags_any: ['harbour'] },
      target_ids: [target.body.id],
    });
    await product.call('POST', '/api/v1/bot-config', {
      platform: 'telegram',
      name: 'drill',
      bot_token: '123456:abcdefghijklmnopqrstuvwxyz012345678',
      is_primary: true,
    });
    await product.call('PUT', '/api/v1/settings/platform.bilibili.sessdata', { value: 'a-secret-cookie' });
    for (let id = 1; id <= 6; id++) await share(id, ['first']);
    await product.call('POST', '/api/v1/shares', { url: `https://${Site.host}/missing/1` });
    await eventually(() => expect(new Set(receiver.received.map(({ contentId }) => contentId)).size).toBe(6), {
      timeoutMs: 60_000,
    });
    await eventually(async () => {
      const { body } = await product.call('GET', '/api/v1/deliveries?status=sent&limit=100');
      expect(body.items).toHaveLength(6);
    });
  }, 180_000);

  afterAll(async () => {
    await Promise.allSettled([site.stop(), receiver.stop(), product.stop()]);
    for (const dir of [dataDir, newDir, otherDir, backups]) rmSync(dir, { recursive: true, force: true });
  }, 60_000);

  it('is made while others write, and can be verified', async () => {
    for (const path of reads) before[path] = settled((await product.call('GET', path)).body);
    before['pictures'] = await pictures();
    firstCursor = (before['/api/v1/contents/3/timeline'] as { items: { cursor: string }[] }).items[0]!.cursor;
    let writing = true;
    const writes = (async () => {
      for (let id = 100; writing; id++) {
        const { body } = await share(id);
        await eventually(async () => {
          const content = await product.call('GET', `/api/v1/contents/${body.content_id}`);
          expect(content.body.status).toBe('PULLED');
        });
      }
    })();
    const made = await command('backup', dataDir, ['--to', backups]);
    writing = false;
    await writes;
    expect([made.code, made.err]).toEqual([0, '']);
    expect(made.out).toMatch(/rows and \d+ stored files/);
    expect(made.out).not.toContain('secrets.key is not in it');
    [folder = ''] = readdirSync(backups).filter((name) => name.startsWith('2'));
    const { body } = await product.call('GET', '/api/v1/backups');
    expect(body).toMatchObject({
      items: [
        { name: folder, kind: 'manual', state: 'whole', lost_files: 0, secrets_key: true, rows: expect.any(Number) },
      ],
      next_cursor: null,
    });
    const noted = await eventsAfter(firstCursor, (types) => types.includes('backup.finished'));
    expect(noted.map(({ type }) => type)).toContain('backup.finished');
    expect(await command('backup', dataDir, ['--verify', backups])).toMatchObject({
      code: 0,
      out: expect.stringContaining('is whole'),
    });
  }, 180_000);

  it('comes back into a new cluster: the same answers and bytes, the stream goes on, and nothing is pushed twice', async () => {
    // All that was on its way at the time of the backup is pushed before the disaster: the restored rows cannot know.
    await eventually(
      async () => {
        const { body } = await product.call('GET', '/api/v1/queues');
        const waiting = (body.items as { waiting: number; active: number; delayed: number }[]).map(
          (queue) => queue.waiting + queue.active + queue.delayed,
        );
        expect(waiting.reduce((sum, count) => sum + count, 0)).toBe(0);
      },
      { timeoutMs: 60_000 },
    );
    pushedBefore = receiver.received.map(({ contentId }) => contentId);
    expect(new Set(pushedBefore).size).toBe(pushedBefore.length);
    await product.killTree();
    rmSync(dataDir, { recursive: true, force: true });

    const restored = await command('restore', newDir, ['--from', backups]);
    expect([restored.code, restored.err]).toEqual([0, '']);
    product = await start(newDir);
    for (const path of reads)
      expect([path, settled((await product.call('GET', path)).body)]).toEqual([path, before[path]]);
    expect(await pictures()).toEqual(before['pictures']);
    expect((await product.call('GET', '/health')).body).toMatchObject({
      status: 'ok',
      components: { secrets: { status: 'ok' } },
    });

    // What was on its way is read and archived now, and waits for a person.
    await eventually(
      async () => {
        const { body } = await product.call('GET', '/api/v1/stats');
        expect(body.contents.by_status).toMatchObject({ PULLED: body.contents.total - 1, FAILED: 1 });
      },
      { timeoutMs: 60_000 },
    );
    const fresh = await share(50_000);
    await eventually(() => expect(receiver.received.at(-1)?.contentId).toBe(fresh.body.content_id), {
      timeoutMs: 60_000,
    });
    const pushes = receiver.received.map(({ contentId }) => contentId);
    expect(pushes).toEqual([...pushedBefore, fresh.body.content_id]);
    // Every content that was read has its one row: sent before, or waiting for a person.
    await eventually(
      async () => {
        const { body: stats } = await product.call('GET', '/api/v1/stats');
        const { unconfirmed = 0, sent = 0 } = stats.pushes.by_status as Record<string, number>;
        expect(sent + unconfirmed).toBe(stats.contents.total - 1);
      },
      { timeoutMs: 60_000 },
    );
    expect(receiver.received).toHaveLength(pushes.length);

    const events = await eventsAfter(
      firstCursor,
      (types) => types.includes('backup.restored') && types.at(-1) === 'delivery.sent',
    );
    expect(events[0]?.cursor).not.toBe(firstCursor);
    expect(new Set(events.map(({ cursor }) => cursor)).size).toBe(events.length);
  }, 180_000);

  it('is not restored over a vault that holds data, unless one says so; nor while it runs', async () => {
    const running = await command('restore', newDir, ['--from', backups, '--replace']);
    expect(running).toMatchObject({ code: 1, out: '' });
    await product.stop();
    const refused = await command('restore', newDir, ['--from', backups]);
    expect(refused).toMatchObject({ code: 1, err: expect.stringContaining('--replace') });
    const wrong = await command('restore', otherDir, ['--from', backups], { BACKUP_PASSPHRASE: 'not the passphrase' });
    expect(wrong).toMatchObject({ code: 1, err: expect.stringContaining('BACKUP_PASSPHRASE') });
    const replaced = await command('restore', newDir, ['--from', join(backups, folder), '--replace']);
    expect([replaced.code, replaced.err]).toEqual([0, '']);
  }, 120_000);

  it('is the way over a major of Postgres: a start says so, and the older database is put aside', async () => {
    const version = join(newDir, 'postgres', 'PG_VERSION');
    const ours = await readFile(version, 'utf8');
    await writeFile(version, `${Number(ours) - 1}\n`);
    const refused = Product.spawn({ dataDir: newDir });
    await expect(refused.ready()).rejects.toThrow('npm run restore -- --from <backup> --replace');
    const moved = await command('restore', newDir, ['--from', backups, '--replace', '--nothing-sent-since']);
    expect(moved).toMatchObject({ code: 0, err: expect.stringContaining(`made-by-${Number(ours) - 1}`) });
    product = await start(newDir);
    expect(settled((await product.call('GET', reads[1]!)).body)).toEqual(before[reads[1]!]);
  }, 120_000);

  it('refuses a command line that it does not understand, in one line that names the option', async () => {
    for (const [name, args, word] of [
      ['backup', ['--where', 'x'], '--where'],
      ['restore', [], '--from'],
      ['restore', ['--from', '/nowhere/at/all'], '/nowhere/at/all'],
    ] as const) {
      const { code, err } = await command(name, newDir, [...args]);
      expect([code, err.trim().split('\n').length, err.includes(word)]).toEqual([1, 1, true]);
    }
  }, 60_000);
});
