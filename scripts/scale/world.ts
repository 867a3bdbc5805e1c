import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect } from '@jest/globals';
import {
  eventually,
  newBucket,
  ownS3IsHere,
  redisIsHere,
  testDatabase,
  TestRedis,
  TestS3,
  type TestDatabase,
} from '@vaultstream/testing';
import { Receiver } from '../../apps/standalone/test/support/receiver.ts';
import { Site } from '../../apps/standalone/test/support/site.ts';
import { Cluster, type Answer, type ClusterOptions } from './cluster.ts';

/** What carries tasks and keeps pictures. */
export type Parts = 'Postgres and a shared folder' | 'Redis and S3';

/** Those that can be had here. */
export const partsHere: Parts[] = [
  'Postgres and a shared folder',
  ...(redisIsHere() && ownS3IsHere() ? (['Redis and S3'] as const) : []),
];

/** Whether there can be a balancer. */
export const balancerProgram = process.env['TEST_HAPROXY'] || undefined;

/** A cluster with all that it stands on, a site to share from, and a receiver to which a rule pushes everything. */
export class ScaleWorld {
  /** Ids of the contents whose shares were accepted. */
  readonly accepted = new Set<number>();
  /** Status codes that refused a share, and what a broken connection said. */
  readonly refusals: string[] = [];
  private constructor(
    readonly cluster: Cluster,
    readonly site: Site,
    readonly receiver: Receiver,
    private readonly end: () => Promise<void>,
  ) {}

  /** @param options As of the cluster; `dir` and what the parts need is added. Everything is gone again when this fails. */
  static async start(parts: Parts, options: Omit<ClusterOptions, 'dir'>): Promise<ScaleWorld> {
    const dir = mkdtempSync(join(tmpdir(), 'vaultstream-scale-'));
    const ends: (() => Promise<unknown>)[] = [async () => rmSync(dir, { recursive: true, force: true })];
    const end = async () => {
      for (const stop of ends.splice(0).reverse()) await stop();
    };
    try {
      const database: TestDatabase = await testDatabase();
      ends.push(() => database.drop());
      const [site, receiver] = await Promise.all([Site.start(), Receiver.start()]);
      ends.push(() => Promise.all([site.stop(), receiver.stop()]));
      const env: Record<string, string> = {
        DATABASE_URL: database.url,
        FETCH_HOST_OVERRIDES: `${Site.host}=${site.baseUrl},hooks.example.com=${receiver.baseUrl}`,
      };
      if (parts === 'Redis and S3') {
        const [redis, s3] = await Promise.all([TestRedis.start(), TestS3.start()]);
        ends.push(() => Promise.all([redis.remove(), s3.remove()]));
        Object.assign(env, {
          QUEUE_TYPE: 'bullmq',
          REDIS_URL: redis.url,
          STORAGE_BACKEND: 's3',
          STORAGE_S3_ENDPOINT: s3.endpoint,
          STORAGE_S3_BUCKET: newBucket(),
          STORAGE_S3_ACCESS_KEY: s3.accessKey,
          STORAGE_S3_SECRET_KEY: s3.secretKey,
        });
      }
      const cluster = await Cluster.start({ ...options, dir, env: { ...env, ...options.env } });
      ends.push(() => cluster.stop());
      const world = new ScaleWorld(cluster, site, receiver, end);
      await world.pushEverything();
      return world;
    } catch (error) {
      await end();
      throw error;
    }
  }

  async stop(): Promise<void> {
    await this.end();
  }

  /** Shares an article until somebody takes it. */
  async share(article: number): Promise<void> {
    for (let tries = 0; tries < 100; tries++, await sleep(100)) {
      const answer = await this.cluster
        .call('POST', '/api/v1/shares', { url: this.site.url(article) })
        .catch((error: unknown) => String(error));
      if (typeof answer !== 'string' && answer.status < 300) {
        this.accepted.add(answer.body.content_id as number);
        return;
      }
      this.refusals.push(typeof answer === 'string' ? answer : String(answer.status));
    }
    throw new Error(`nobody took article ${article}: ${this.refusals.slice(-3).join(', ')}`);
  }

  /** Resolves when everything that was accepted is kept with its pictures and has reached the receiver. */
  async settled(timeoutMs = 120_000): Promise<void> {
    await eventually(async () => expect(await this.states()).toEqual({ 'PULLED/ready': this.accepted.size }), {
      timeoutMs,
      intervalMs: 500,
    });
    await eventually(
      () => {
        const pushed = new Set(this.receiver.received.map((call) => call.contentId));
        expect([...this.accepted].filter((id) => !pushed.has(id))).toEqual([]);
      },
      { timeoutMs, intervalMs: 500 },
    );
  }

  /** Each push arrived under one webhook-id, nothing else did, nothing is dead or open. */
  async expectNothingLostOrDoubled(): Promise<void> {
    const ids = Map.groupBy(this.receiver.received, (call) => call.contentId);
    expect(new Set(ids.keys())).toEqual(this.accepted);
    expect([...ids.values()].filter((calls) => new Set(calls.map(({ id }) => id)).size !== 1)).toEqual([]);
    expect(this.receiver.refused).toBe(0);
    expect((await this.get('/api/v1/dead-letters')).body.items).toEqual([]);
    for (const status of ['planned', 'sending', 'unconfirmed', 'failed', 'held', 'blocked'])
      await eventually(
        async () =>
          expect([status, (await this.get(`/api/v1/deliveries?status=${status}`)).body.items]).toEqual([status, []]),
        { timeoutMs: 60_000, intervalMs: 250 },
      );
  }

  private get(path: string): Promise<Answer> {
    return this.cluster.call('GET', path);
  }

  /** How many accepted contents are in each state. */
  private async states(): Promise<Record<string, number>> {
    const states: Record<string, number> = {};
    for (let cursor: string | null = ''; cursor !== null;) {
      const { body } = await this.get(`/api/v1/contents?limit=100${cursor && `&cursor=${encodeURIComponent(cursor)}`}`);
      for (const item of body.items as { id: number; status: string; archive_status: string }[]) {
        const state = `${item.status}/${item.archive_status}`;
        if (this.accepted.has(item.id)) states[state] = (states[state] ?? 0) + 1;
      }
      cursor = body.next_cursor as string | null;
    }
    return states;
  }

  private async pushEverything(): Promise<void> {
    const { body } = await this.cluster.call('POST', '/api/v1/targets', {
      kind: 'webhook',
      name: 'hook',
      address: { url: 'https://hooks.example.com/' },
    });
    this.receiver.secret = body.secret as string;
    await this.cluster.call('POST', '/api/v1/rules', { name: 'all', target_ids: [body.id] });
  }
}
