import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import {
  eventually,
  OtlpReceiver,
  redisIsHere,
  testDatabase,
  TestRedis,
  type TestDatabase,
} from '@vaultstream/testing';
import { Redis } from 'ioredis';
import { Client } from 'pg';
import { Site } from '../../apps/standalone/test/support/site.ts';
import { Cluster, kinds } from './cluster.ts';

/** A secret for each place where one can enter. No two are alike, so that a leak says where it came from. */
const canary = (place: string): string => `Canary${place}0123456789abcdefghijklmnop`;
const secretsKey = Buffer.from('Canary-of-the-secrets-key-32-byt').toString('base64');
const bot = `4815162342:${canary('Bot')}`;
const secondBot = `4815162343:${canary('SecondBot')}`;
const cookies = {
  sessdata: canary('Sessdata'),
  weibo: canary('Weibo'),
  zhihu: canary('Zhihu'),
  github: canary('Github'),
};
const hookPath = canary('HookPath');
const hookQuery = canary('HookQuery');
const hookSecret = Buffer.from(canary('HookSecret')).toString('base64');

/** Somebody outside who refuses everybody, and hands back in his answer all that he was told. */
async function echo(): Promise<{ server: Server; url: string; heard: () => string }> {
  const heard: string[] = [];
  const server = createServer((request, response) => {
    void text(request).then((body) => {
      const told = `${request.method} ${request.url} ${JSON.stringify(request.headers)} ${body}`;
      heard.push(told);
      const answer = { ok: false, error_code: 400, description: `Bad Request: ${told}`, message: told };
      response.writeHead(request.url?.startsWith('/bot') ? 400 : 403, { 'content-type': 'application/json' });
      response.end(JSON.stringify(answer));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    server,
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    heard: () => heard.join('\n'),
  };
}

/** A16: real processes, each secret used against somebody who throws it back, and then everything read that they leave behind. */
describe('canaries', () => {
  const dir = mkdtempSync(join(tmpdir(), 'vaultstream-canaries-'));
  const ends: (() => unknown)[] = [() => rmSync(dir, { recursive: true, force: true })];
  /** Every command that Redis was sent. */
  const commands: string[] = [];
  const withRedis = redisIsHere();
  const issued: string[] = [];
  let database: TestDatabase;
  let cluster: Cluster;
  let receiver: OtlpReceiver;
  let outside: Awaited<ReturnType<typeof echo>>;

  beforeAll(async () => {
    database = await testDatabase();
    ends.push(() => database.drop());
    const site = await Site.start();
    ends.push(() => site.stop());
    receiver = await OtlpReceiver.start();
    ends.push(() => receiver.stop());
    outside = await echo();
    ends.push(() => (outside.server.closeAllConnections(), outside.server.close()));
    const hosts = ['api.telegram.org', 'hooks.example.com', 'api.bilibili.com', 'm.weibo.cn', 'weibo.com'];
    hosts.push('www.zhihu.com', 'zhuanlan.zhihu.com', 'api.github.com', 'secret.example.com');
    cluster = await Cluster.start({
      dir,
      counts: Object.fromEntries(kinds.map((kind) => [kind, 1])),
      env: {
        DATABASE_URL: database.url,
        API_TOKEN: canary('ApiToken'),
        SECRETS_KEY: secretsKey,
        LOG_LEVEL: 'debug',
        FETCH_HOST_OVERRIDES: [`${Site.host}=${site.baseUrl}`, ...hosts.map((host) => `${host}=${outside.url}`)].join(),
        // Of no use here, but its password must not be told.
        HTTPS_PROXY: `http://user:${canary('Proxy')}@127.0.0.1:9`,
        TELEGRAM_BOT_TOKEN: bot,
        BILIBILI_SESSDATA: cookies.sessdata,
        WEIBO_COOKIE: `SUB=${cookies.weibo}`,
        GITHUB_TOKEN: cookies.github,
        OTEL_EXPORTER_OTLP_ENDPOINT: receiver.url,
        OTEL_EXPORTER_OTLP_HEADERS: `x-key=${canary('Otlp')}`,
        OTEL_BSP_SCHEDULE_DELAY: '100',
        TRACE_SQL: 'true',
        ...(withRedis && (await startRedis())),
      },
    });
    ends.push(() => cluster.stop());
  }, 180_000);

  afterAll(async () => {
    for (const end of ends.toReversed()) await end();
  }, 120_000);

  /** One that asks for a password, and whose every command is noted. */
  async function startRedis(): Promise<Record<string, string>> {
    const redis = await TestRedis.start();
    ends.push(() => redis.remove());
    const password = canary('Redis');
    await redis.send(`CONFIG SET requirepass ${password}`);
    const url = `redis://:${password}@127.0.0.1:${redis.port}`;
    const client = new Redis(url);
    const monitor = await client.monitor();
    monitor.on('monitor', (_: string, args: string[]) => commands.push(args.join(' ')));
    ends.push(() => (monitor.disconnect(), client.disconnect()));
    return { QUEUE_TYPE: 'bullmq', REDIS_URL: url };
  }

  async function call(method: string, path: string, body?: unknown, headers: Record<string, string> = {}) {
    const answer = await cluster.call(method, `/api/v1${path}`, body, headers);
    expect([method, path, answer.status < 300 || headers['x-api-token'] !== undefined]).toEqual([method, path, true]);
    return answer.body;
  }

  it('A16: none is in a log, a trace, a metric, a dead letter or Redis', async () => {
    // What is made here is a secret too.
    const token = await call('POST', '/tokens', { name: 'reader', scopes: ['read'] });
    issued.push(token.token as string);
    await call('GET', '/tags', undefined, { 'x-api-token': issued[0]! });
    await call('GET', '/tags', undefined, { 'x-api-token': canary('WrongToken') });
    await call('GET', `/tags?token=${canary('QueryToken')}`, undefined, {
      'x-api-token': 'none',
      cookie: `s=${canary('Cookie')}`,
    });
    await call('PUT', '/settings/platform.zhihu.cookie', { value: `z_c0=${cookies.zhihu}` });
    await call('POST', '/bot-config', { platform: 'telegram', name: 'second', bot_token: secondBot });
    const address = { url: `https://hooks.example.com/${hookPath}?key=${hookQuery}`, secret: `whsec_${hookSecret}` };
    const hook = await call('POST', '/targets', { kind: 'webhook', name: 'hook', address });
    const chat = await call('POST', '/targets', {
      kind: 'telegram',
      name: 'chat',
      address: { chat_id: '-1001234567890' },
    });
    await cluster.call('POST', `/api/v1/targets/${chat.id}/test`);
    await cluster.call('POST', `/api/v1/targets/${hook.id}/test`);
    await call('POST', '/rules', { name: 'all', target_ids: [hook.id, chat.id] });
    // Pages that are refused with all that was sent to them, and one that is pushed to channels that do the same.
    const urls = [
      'https://www.bilibili.com/video/BV1xx411c7mD',
      'https://weibo.com/1234567890/Aa1Bb2Cc3',
      'https://www.zhihu.com/question/1/answer/2',
      'https://github.com/owner/name',
      `https://secret.example.com/${canary('PagePath')}?access_token=${canary('PageQuery')}`,
      `https://${Site.host}/articles/1`,
    ];
    const contents: number[] = [];
    for (const [index, url] of urls.entries()) {
      const note = { note: canary('Note'), client_context: { password: canary('Context') } };
      const headers = { 'idempotency-key': `${canary('Idempotency')}${index}` };
      contents.push((await call('POST', '/shares', { url, ...note }, headers)).content_id as number);
    }

    // Each secret was really used, or there is nothing to find.
    await eventually(
      () => {
        for (const secret of [bot, cookies.sessdata, cookies.weibo, cookies.github, hookPath, hookQuery])
          expect(outside.heard()).toContain(secret);
      },
      { timeoutMs: 120_000, intervalMs: 500 },
    );
    const dead = await eventually(
      async () => {
        const { items } = await call('GET', '/dead-letters?limit=100');
        const targets = items.map(
          (letter: { target_id: string | null; task: string }) => letter.target_id ?? letter.task,
        );
        expect(targets).toEqual(expect.arrayContaining([chat.id, hook.id, 'content.parse']));
        return items as { id: string; content_id: number }[];
      },
      { timeoutMs: 120_000, intervalMs: 500 },
    );
    for (const { id } of dead) await call('POST', `/dead-letters/${id}/replay`);
    await eventually(() => expect(receiver.spans.filter(({ name }) => name.startsWith('replay '))).not.toHaveLength(0));
    const details = await Promise.all(dead.map(({ id }) => call('GET', `/dead-letters/${id}`)));
    const metrics = await Promise.all(
      cluster.members.map(async ({ metricsUrl }) => (await fetch(`${metricsUrl}/metrics`)).text()),
    );
    await cluster.stop();
    const logs = cluster.members.map((member) => readFileSync(member.logFile, 'utf8')).join('\n');

    const left: Record<string, string> = {
      logs,
      traces: receiver.bodies.join('\n'),
      metrics: metrics.join('\n'),
      // The address of a content is what it is called; it is told where contents are.
      'dead letters': JSON.stringify(details.map((detail) => ({ ...detail, content: null, media: null }))),
      'dead letters in the database': await rows('dead_letters'),
      'tasks in the database': await rows('tasks'),
      Redis: commands.join('\n'),
    };
    // Nobody here is blind.
    expect(left['logs']).toContain('task.run');
    expect(left['traces']).toContain('delivery.send');
    expect(left['traces']).toContain('db.query.text');
    expect(left['metrics']).toContain('vaultstream_tasks_total');
    expect(left['dead letters']).toContain('delivery.send');
    if (withRedis) expect(left['Redis']).toContain('bull');

    const secrets = [secretsKey, hookSecret, new URL(database.url).password, ...issued].filter(
      (secret) => secret !== '',
    );
    const leaks = Object.entries(left).flatMap(([place, written]) =>
      [
        ...new Set([
          ...(written.match(/Canary[A-Z]\w+?0123456789/g) ?? []),
          ...secrets.filter((secret) => written.includes(secret)),
        ]),
      ].map((secret) => `${secret} is in ${place}: ${excerpt(written, secret)}`),
    );
    expect(leaks).toEqual([]);
  }, 400_000);

  async function rows(table: string): Promise<string> {
    const client = new Client(database.url);
    await client.connect();
    const { rows: found } = await client.query(`SELECT * FROM ${table}`);
    await client.end();
    return JSON.stringify(found);
  }
});

/** Where it is, so that whoever sees this test fail knows where to look. */
function excerpt(written: string, secret: string): string {
  const at = written.indexOf(secret);
  return written.slice(Math.max(0, at - 200), at + secret.length + 20);
}
