import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Injectable, Module, type INestApplicationContext } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { TaskLog, UnitOfWork, type PayloadOf } from '@vaultstream/contracts';
import { Env, HealthRegistry, Metrics, RuntimeModule, Shutdown } from '@vaultstream/runtime';
import { StoreModule } from '@vaultstream/store';
import { eventually, redisIsHere, TestRedis } from '@vaultstream/testing';
import { effect } from '../test/effect.ts';
import { parseTask, TaskWorld } from '../test/task-world.ts';
import type { Handlers, TaskContext } from './handler.ts';
import { TasksModule } from './tasks.module.ts';

/** Ends only when it must. */
@Injectable()
class ParseGroup {
  readonly handlers: Handlers<'content.parse' | 'feed.poll' | 'platforms.canary'> = {
    'feed.poll': { run: () => Promise.resolve() },
    'platforms.canary': { run: () => Promise.resolve() },
    'content.parse': {
      run: async ({ content_id }: PayloadOf<'content.parse'>, context: TaskContext) => {
        if (content_id === 30) await new Promise(() => undefined);
        if (content_id === 29) await new Promise((resolve) => setTimeout(resolve, 300));
        await context.commit((tx) => effect(tx, content_id));
      },
    },
  };
}
@Module({ providers: [ParseGroup], exports: [ParseGroup] })
class ParseModule {}

@Injectable()
class EmptyGroup {
  readonly handlers = {};
}
@Module({ providers: [EmptyGroup], exports: [EmptyGroup] })
class EmptyModule {}

describe('TasksModule', () => {
  let world: TaskWorld;
  const apps: INestApplicationContext[] = [];
  beforeAll(async () => {
    world = await TaskWorld.make();
  });
  afterAll(async () => {
    for (const app of apps) await app.close();
    await world.end();
  });
  async function boot(
    tasks: ReturnType<typeof TasksModule.forRoot>,
    variables: Record<string, string> = {},
  ): Promise<INestApplicationContext> {
    const env = Env.load({ DATABASE_URL: world.url, PARSE_CONCURRENCY: '2', ...variables });
    const app = await NestFactory.createApplicationContext(
      {
        module: class AppModule {},
        imports: [
          RuntimeModule.forRoot({ service: 'test', env, logger: world.logger }),
          StoreModule.forRoot({ url: world.url, secretsKeys: [randomBytes(32)] }),
          tasks,
        ],
      },
      { logger: false, abortOnError: false },
    );
    apps.push(app);
    return app;
  }
  const bootParse = () =>
    boot(
      TasksModule.forRoot({ queues: ['parse'], imports: [ParseModule], groups: [ParseGroup], stopDeadlineMs: 1_000 }),
    );

  it('runs what the API appends, and tells health and metrics', async () => {
    const app = await bootParse();
    // Before the first run, so that a rate sees it.
    const fresh = await app.get(Metrics).render();
    for (const outcome of ['done', 'retried', 'dead', 'deferred', 'fenced', 'unsaved'])
      expect(fresh).toContain(`vaultstream_tasks_total{queue="parse",task="feed.poll",outcome="${outcome}"} 0`);
    expect(fresh).not.toContain('queue="media"');
    expect(fresh).toContain('vaultstream_task_wait_seconds_count{queue="parse"} 0');
    await app.get(UnitOfWork).transact((tx) => app.get(TaskLog).append(tx, [parseTask(1)]));
    await world.drained();
    expect(await world.effects()).toEqual([1]);
    const health = await eventually(async () => {
      const report = await app.get(HealthRegistry).report();
      expect(report.components.queue).toEqual({ status: 'ok' });
      return report;
    });
    expect(health).toMatchObject({ status: 'ok', queue_size: 0 });
    expect(await app.get(Metrics).render()).not.toContain('vaultstream_queue_depth');
    app.get(Metrics).runForElection({ holds: async () => true });
    const metrics = await app.get(Metrics).render();
    expect(metrics).toContain('vaultstream_queue_depth{queue="parse",state="waiting"} 0');
    expect(metrics).toContain('vaultstream_dead_letters{queue="media"} 0');
    expect(metrics).toContain('vaultstream_broker_up{broker="postgres"} 1');
  });

  it('J29, J30: lets running tasks end, and gives back those that do not', async () => {
    const [app] = apps as [INestApplicationContext];
    await world.clear();
    await world.append(parseTask(29), parseTask(30));
    await eventually(async () => (await world.sql(`SELECT 1 FROM tasks WHERE state = 'running'`)).length === 2);
    expect(await app.get(Shutdown).run('test')).toBe(true);
    expect(await world.effects()).toEqual([29]);
    const rows = await world.sql('SELECT content_id, state, failures, starts, run_at <= now() AS due FROM tasks');
    expect(rows).toEqual([{ content_id: 30, state: 'ready', failures: 0, starts: 0, due: true }]);
    await world.clear();
  });

  it('does not boot without the handlers of its queues, and says what to do', async () => {
    // @ts-expect-error -- nobody handles content.parse
    const tasks = TasksModule.forRoot({ queues: ['parse'], imports: [EmptyModule], groups: [EmptyGroup] });
    await expect(boot(tasks)).rejects.toThrow(
      /"content.parse" has no handler but its queue "parse" is served here: add the handler to the group of its verb/,
    );
  });

  it('needs no more connections than its one pool and its ear', async () => {
    await bootParse();
    await world.append(...Array.from({ length: 100 }, (_, index) => parseTask(index + 100)));
    await world.drained();
    const rows = await world.sql<{ name: string; n: number }>(
      `SELECT application_name AS name, count(*)::int AS n FROM pg_stat_activity
       WHERE datname = current_database() AND application_name <> 'vaultstream' GROUP BY 1`,
    );
    const of = (name: string) => rows.find((row) => row.name === name)?.n ?? 0;
    expect(of('vaultstream-relay')).toBe(1);
    // BullMQ names its listening connection after the queue.
    expect(of('vaultstream-broker') + of('parse')).toBeLessThanOrEqual(7);
  });

  const healthOf = async (app: INestApplicationContext) => (await app.get(HealthRegistry).report()).components.queue;

  it('42: a process without queues tells health and size, and runs nothing', async () => {
    const api = await boot(TasksModule.forRoot({ queues: [], groups: [], relay: false }));
    await world.clear();
    await Promise.all(apps.splice(0, apps.length - 1).map((app) => app.close()));
    await world.append(parseTask(1));
    await eventually(async () => expect(await healthOf(api)).toEqual({ status: 'ok' }));
    expect((await api.get(HealthRegistry).report()).queue_size).toBe(1);
    expect(await world.sql('SELECT state FROM tasks')).toEqual([{ state: 'ready' }]);
  });

  (redisIsHere() ? it : it.skip)(
    'takes Redis where the environment says so, and starts before it is there',
    async () => {
      const redis = await TestRedis.start();
      await redis.kill();
      const app = await boot(
        TasksModule.forRoot({ queues: ['parse'], imports: [ParseModule], groups: [ParseGroup], stopDeadlineMs: 1_000 }),
        { QUEUE_TYPE: 'bullmq', REDIS_URL: redis.url, QUEUE_FALLBACK: 'none' },
      );
      await eventually(async () => expect(await healthOf(app)).toEqual({ status: 'down', detail: 'Redis is away.' }));
      expect(app.get(HealthRegistry).alive).toBe(true);
      expect(await app.get(Metrics).render()).toContain('vaultstream_broker_up{broker="redis"} 0');
      await redis.start();
      await world.append(parseTask(2));
      await world.drained();
      await eventually(async () => expect(await healthOf(app)).toEqual({ status: 'ok' }), { timeoutMs: 20_000 });
      expect(await redis.send('EXISTS vaultstream:epoch')).toBe(':1');
      expect(await app.get(Metrics).render()).toContain('vaultstream_broker_up{broker="redis"} 1');
      await app.close();
      apps.splice(apps.indexOf(app), 1);
      await redis.remove();
    },
  );
});
