import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { eventually } from '@vaultstream/testing';
import { OpenLoop, readersAndSharers } from '../scale/open-loop.ts';
import { articleUrl, ComposeClient } from './compose-client.ts';
import { ComposeStack, officialImages, processes, type Container } from './compose-stack.ts';
import { ensureEngine, NoDocker, type Engine } from './engine.ts';
import { ensureImages } from './stand-ins.ts';

/** It builds eight images and takes minutes: in CI always, elsewhere where somebody asks for it. */
const asked = process.env['CI'] === 'true' || process.env['TEST_DOCKER'] === 'true';
const say = (line: string) => process.stderr.write(`images: ${line}\n`);

/** Docker, or null where it cannot be had; in CI it must be. */
async function findEngine(): Promise<Engine | null> {
  if (!asked) {
    say('SKIPPED: images and docker-compose.yml are tried with CI=true or TEST_DOCKER=true');
    return null;
  }
  try {
    return await ensureEngine(say);
  } catch (error) {
    if (!(error instanceof NoDocker) || process.env['CI'] === 'true') throw error;
    say(`SKIPPED: ${error.message}`);
    return null;
  }
}

const engine = await findEngine();

/** Layers of an image that are ours: bytes. The largest holds libvips. */
const mostBytes = 60e6;
/** What is secret of what the service `secrets` makes. */
const files = [
  ...['app/api_token', 'app/secrets_key', 'app/database_url', 'app/redis_url', 'app/s3_secret_key'],
  'grafana/password',
];
const stores = ['postgres', 'redis', 'minio'];
/** Shares, of which a third falls into the restart of each store. */
const articles = 60;
/** Of the rolling restart: requests a second, and how long they go on after the last replica is back. */
const rate = 100;
const afterMs = 10_000;

(engine === null ? describe.skip : describe)('docker-compose.yml', () => {
  let stack: ComposeStack;
  let client: ComposeClient;
  let token: string;

  beforeAll(async () => {
    if (engine === null) return;
    const images = await ensureImages(engine, await officialImages(engine), say);
    say(`official: ${images.official.join(', ') || 'none'}`);
    say(`stand-ins of Debian's packages: ${images.standIns.join(', ') || 'none'}`);
    say(`left out: ${images.missing.join(', ') || 'none'}`);
    expect(images.missing.filter((name) => !name.startsWith('grafana/'))).toEqual([]);
    stack = new ComposeStack(engine, images.missing.length === 0);
    await stack.prepare();
    await stack.build();
    // As docs/install/compose.md says.
    const line = await stack.compose('--profile', 'sandbox', 'run', '--rm', '--no-deps', 'sandbox', '--hosts');
    const [name = '', overrides = ''] = line.split(/=(.*)/s);
    stack.set({ [name]: overrides, API_RATE_LIMIT: '0', QUEUE_BOARD: 'true' });
    await stack.up();
    token = await stack.compose('run', '--rm', 'secrets', 'token');
    client = new ComposeClient(stack, token);
    await client.pushEverything();
    // Cold: Debian is bootstrapped, and everything is built.
  }, 1_800_000);

  afterAll(async () => {
    await stack?.remove();
    await engine?.stop();
  }, 240_000);

  it('takes a share at the balancer, reads its page, archives its pictures and pushes it with a signature', async () => {
    const id = await client.share(1);
    const content = await eventually(
      async () => {
        const { body } = await client.call('GET', `/api/v1/contents/${id}`);
        expect([body.status, body.archive_status]).toEqual(['PULLED', 'ready']);
        return body as { title: string; body_text: string; media: { mime: string; stored_url: string }[] };
      },
      { timeoutMs: 120_000, intervalMs: 500 },
    );
    // Read by the child of the parse worker; the tags are gone.
    expect(content.title).toBe('Day 1 of the light');
    expect(content.body_text).toContain('the keeper of the light wrote down the wind');
    // Converted by the child of the media worker, and fetched where a browser would: from MinIO itself.
    expect(content.media.map(({ mime }) => mime)).toEqual(['image/webp', 'image/webp']);
    for (const { stored_url: url } of content.media) {
      expect(url.startsWith(`${stack.url('MINIO_PORT')}/`)).toBe(true);
      const picture = await fetch(url);
      expect([picture.status, picture.headers.get('content-type')]).toEqual([200, 'image/webp']);
      expect(
        Buffer.from(await picture.arrayBuffer())
          .subarray(8, 12)
          .toString(),
      ).toBe('WEBP');
    }
    const { calls, refused } = await eventually(
      async () => {
        const received = await client.received();
        expect(received.calls.map(({ payload }) => payload.data.content.id)).toContain(id);
        return received;
      },
      { timeoutMs: 60_000, intervalMs: 250 },
    );
    expect([calls.length, refused]).toEqual([1, 0]);
  }, 240_000);

  it('reads the feed that a page names, in the API, and its entries, in the worker', async () => {
    const { status, body } = await client.call('POST', '/api/v1/feeds', { url: 'https://feeds.example.org/' });
    expect([status, body.url]).toEqual([201, 'https://feeds.example.org/rss.xml']);
    await eventually(
      async () => {
        const contents = await client.call('GET', '/api/v1/contents?limit=100&status=PULLED');
        const urls = (contents.body.items as { canonical_url: string }[]).map((item) => item.canonical_url);
        expect(urls.filter((url) => url.startsWith('https://feeds.example.org/posts/'))).toHaveLength(3);
      },
      { timeoutMs: 120_000, intervalMs: 500 },
    );
  }, 150_000);

  it('serves the files that no import leads to: the API reference, the board of the queues', async () => {
    const board = { authorization: `Basic ${Buffer.from(`x:${token}`).toString('base64')}` };
    for (const [path, text, headers] of [
      ['/docs', 'swagger-ui', {}],
      ['/docs/swagger-ui-bundle.js', 'SwaggerUI', {}],
      ['/openapi.json', 'openapi', {}],
      ['/queues-board/', 'VaultStream queues', board],
    ] as const) {
      const answer = await fetch(`${stack.url('API_PORT')}${path}`, { headers });
      expect([path, answer.status, (await answer.text()).includes(text)]).toEqual([path, 200, true]);
    }
  }, 60_000);

  it('is found by Prometheus: every process, replicas too', async () => {
    await eventually(
      async () => {
        const answer = await fetch(`${stack.url('PROMETHEUS_PORT')}/api/v1/query?query=up`);
        const { data } = (await answer.json()) as {
          data: { result: { metric: { job: string }; value: [number, string] }[] };
        };
        const up = data.result.filter(({ value }) => value[1] === '1').map(({ metric }) => metric.job);
        const jobs = ['api', ...processes].map((name) => `vaultstream-${name}`);
        expect(up.filter((job) => job.startsWith('vaultstream-')).sort()).toEqual(jobs.sort());
      },
      { timeoutMs: 90_000, intervalMs: 1_000 },
    );
  }, 120_000);

  it('runs what is ours as a user without rights, on a file system that it cannot write, in small images', async () => {
    const containers = await stack.containers('secrets', 'migrate', 'sandbox', ...processes);
    expect(containers.length).toBeGreaterThanOrEqual(3 + processes.length);
    for (const { Name, Config, HostConfig } of containers) {
      expect([Name, Config.User]).toEqual([Name, '1000:1000']);
      expect([Name, HostConfig.ReadonlyRootfs, HostConfig.Privileged]).toEqual([Name, true, false]);
      expect([Name, HostConfig.CapDrop]).toEqual([Name, ['ALL']]);
      expect([Name, HostConfig.SecurityOpt]).toEqual([Name, ['no-new-privileges:true']]);
    }
    const names = ['comm', 'status'].map((file) => `/proc/1/${file}`);
    for (const service of processes) {
      const { stdout } = await stack.exec(service, 'cat', ...names);
      const node = /^(?:node|MainThread)\n/.test(stdout);
      expect([service, node, /^CapEff:\s+0+$/m.test(stdout), /^NoNewPrivs:\s+1$/m.test(stdout)]).toEqual([
        service,
        true,
        true,
        true,
      ]);
      expect([service, (await stack.exec(service, 'touch', '/app/x')).code]).toEqual([service, 1]);
      const size = await stack.ownBytes(service);
      expect([service, size > 5e6, size < mostBytes]).toEqual([service, true, true]);
    }
    // The image library is where pictures are converted, and nowhere else.
    const withSharp: string[] = [];
    for (const service of processes)
      if ((await stack.exec(service, 'ls', '/app/node_modules/sharp')).code === 0) withSharp.push(service);
    expect(withSharp).toEqual(['media-worker']);
  }, 120_000);

  it('shows no secret in what Docker tells of its containers, nor in what they print', async () => {
    const texts = await Promise.all(
      files.map((file) =>
        stack.compose('run', '--rm', '--no-deps', '--entrypoint', 'cat', 'secrets', `/secrets/${file}`),
      ),
    );
    // Of an address only the password is secret.
    const values = texts.map((text) => /\/\/[^:]*:(.*)@/.exec(text)?.[1] ?? text);
    expect(values).toContain(token);
    expect(values.filter((value) => value.length < 16)).toEqual([]);
    const told =
      JSON.stringify(await stack.containers()) + (await stack.compose('--profile', 'sandbox', 'logs', '--no-color'));
    expect(values.filter((value) => told.includes(value))).toEqual([]);
  }, 60_000);

  it(`no request of ${rate} a second fails while three replicas of the API are restarted one after the other`, async () => {
    await stack.scale('api', 3);
    const replicas = await stack.replicas('api');
    expect(replicas).toHaveLength(3);
    const request = readersAndSharers(articleUrl, articles);
    const loop = new OpenLoop({ url: stack.url('API_PORT'), token, rate, request });
    for (const id of replicas) {
      await stack.docker('stop', '--time', '60', id);
      await stack.docker('start', id);
      await eventually(
        async () => {
          const [container] = JSON.parse(await stack.docker('inspect', id)) as Container[];
          expect(container?.State.Health?.Status).toBe('healthy');
        },
        { timeoutMs: 180_000, intervalMs: 500 },
      );
    }
    await sleep(afterMs);
    const result = await loop.stop();
    say(`rolling restart: ${JSON.stringify(result)}`);
    expect(result).toMatchObject({ failed: 0, failures: [] });
    expect(result.sent).toBeGreaterThan((rate * afterMs) / 1_000);
  }, 600_000);

  it(`loses nothing of ${articles} shares while each store is restarted, one after the other`, async () => {
    let next = 2;
    for (const store of stores) {
      const restarted = stack.compose('restart', '--timeout', '60', store);
      // Whoever is refused while it is away shares once more.
      await Promise.all(Array.from({ length: articles / stores.length }, () => client.share(next++)));
      await restarted;
      await eventually(async () => expect((await stack.containers(store))[0]?.State.Health?.Status).toBe('healthy'), {
        timeoutMs: 120_000,
        intervalMs: 500,
      });
    }
    expect(client.accepted.size).toBeGreaterThanOrEqual(articles);

    const ready = { 'PULLED/ready': client.accepted.size };
    await eventually(async () => expect(await client.states()).toEqual(ready), {
      timeoutMs: 300_000,
      intervalMs: 1_000,
    });
    const { calls, refused } = await eventually(
      async () => {
        const received = await client.received();
        const pushed = new Set(received.calls.map(({ payload }) => payload.data.content.id));
        expect([...client.accepted].filter((id) => !pushed.has(id))).toEqual([]);
        return received;
      },
      { timeoutMs: 120_000, intervalMs: 1_000 },
    );
    // Each under one id, whatever was sent again.
    const ids = Map.groupBy(calls, ({ payload }) => payload.data.content.id);
    expect([...ids.values()].filter((list) => new Set(list.map(({ id }) => id)).size !== 1)).toEqual([]);
    expect(refused).toBe(0);
    expect((await client.call('GET', '/api/v1/dead-letters')).body.items).toEqual([]);
  }, 900_000);

  it('is brought back from a dump into an empty database: same answers, nothing pushed twice, and it goes on', async () => {
    await stack.once('db-check');
    const pages = ['/api/v1/contents?limit=50', '/api/v1/tags', '/api/v1/targets', '/api/v1/rules'];
    // Signed links are made anew with each answer.
    const ask = () =>
      Promise.all(
        pages.map(async (path) =>
          JSON.stringify((await client.call('GET', path)).body).replaceAll(/\?X-Amz-[^"]*/g, ''),
        ),
      );
    const [before, pushed] = [await ask(), (await client.received()).calls.length];
    const dump = [
      'pg_dump',
      '--username=vaultstream',
      '--format=custom',
      '--exclude-schema=bullmq',
      '--file=/tmp/v.dump',
    ];
    expect(await stack.exec('postgres', ...dump, 'vaultstream')).toMatchObject({ code: 0 });
    const [old = ''] = await stack.replicas('postgres');
    const file = join(stack.dir, 'vaultstream.dump');
    await stack.docker('cp', `${old}:/tmp/v.dump`, file);

    await stack.compose('stop', ...processes);
    await stack.wipe('postgres', 'postgres');
    await stack.start('postgres', 'minio');
    const [fresh = ''] = await stack.replicas('postgres');
    await stack.docker('cp', file, `${fresh}:/tmp/v.dump`);
    const restore = ['pg_restore', '--username=vaultstream', '--dbname=vaultstream', '--no-owner', '--exit-on-error'];
    expect(await stack.exec('postgres', ...restore, '/tmp/v.dump')).toMatchObject({ code: 0 });
    expect(await stack.once('finish-restore')).toContain('The restored database is ready.');
    await stack.up();

    expect(await ask()).toEqual(before);
    await stack.once('db-check');
    const id = await client.share(articles + 10);
    const { calls } = await eventually(
      async () => {
        const received = await client.received();
        expect(received.calls.map(({ payload }) => payload.data.content.id)).toContain(id);
        return received;
      },
      { timeoutMs: 120_000, intervalMs: 500 },
    );
    expect(calls).toHaveLength(pushed + 1);
  }, 600_000);

  it('ends every process in order when it is stopped, and frees its ports', async () => {
    await stack.compose('stop', ...processes);
    for (const { Name, State } of await stack.containers(...processes))
      expect([Name, State.Status, State.ExitCode, State.OOMKilled]).toEqual([Name, 'exited', 0, false]);
    await stack.remove();
    expect(await stack.portsAreFree()).toBe(true);
  }, 240_000);
});
