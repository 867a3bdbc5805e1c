import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { ScheduleDefinition } from '@vaultstream/contracts';
import { testDatabase, type TestDatabase } from '@vaultstream/testing';
import { Database } from '../database/database.ts';
import { PostgresSchedules } from './schedules.ts';

const hourly: ScheduleDefinition = {
  name: 'clean',
  task: 'upkeep.run',
  payload: { job: 'idempotency' },
  everyS: 3_600,
};

describe('schedules', () => {
  let database: TestDatabase;
  let db: Database;
  let schedules: PostgresSchedules;
  beforeAll(async () => {
    database = await testDatabase();
    db = new Database({ url: database.url, poolSize: 20 });
    schedules = new PostgresSchedules(db);
  });
  afterAll(async () => {
    await db.close();
    await database.drop();
  });
  beforeEach(async () => {
    await db.client.task.deleteMany();
    await db.client.schedule.deleteMany();
  });
  const turnBack = (seconds: number) =>
    db.client
      .$executeRaw`UPDATE schedules SET next_run_at = clock_timestamp() - make_interval(secs => ${seconds}::float8)`;

  it('J31: a tick is claimed once by ten replicas, ten ticks are ten tasks', async () => {
    await schedules.ensure([hourly]);
    let ran = 0;
    for (let tick = 0; tick < 10; tick++) {
      await turnBack(1);
      const names = await Promise.all(Array.from({ length: 10 }, () => schedules.runDue()));
      ran += names.flat().length;
      expect(await db.client.task.count()).toBe(1);
      await db.client.task.deleteMany();
    }
    expect(ran).toBe(10);
  });

  it('keep their rhythm, and do not make up for what was missed', async () => {
    await schedules.ensure([hourly]);
    await turnBack(3 * 3_600 + 600);
    expect(await schedules.runDue()).toEqual(['clean']);
    expect(await schedules.runDue()).toEqual([]);
    const [row] = await db.client.$queryRaw<{ wait: number }[]>`
      SELECT extract(epoch FROM next_run_at - clock_timestamp())::float8 AS wait FROM schedules`;
    expect(row?.wait).toBeGreaterThan(2_990);
    expect(row?.wait).toBeLessThanOrEqual(3_000);
  });

  it('run at their time of the day where they have one: not at once, nor later because somebody starts again', async () => {
    const offsetS = 3 * 3_600;
    const nightly: ScheduleDefinition = { ...hourly, everyS: 86_400, offsetS };
    const next = async () => {
      const [row] = await db.client.$queryRaw<{ offset: number; wait: number }[]>`
        SELECT mod(extract(epoch FROM next_run_at)::bigint, 86400)::float8 AS offset,
          extract(epoch FROM next_run_at - clock_timestamp())::float8 AS wait FROM schedules`;
      return row;
    };
    await schedules.ensure([nightly]);
    expect(await schedules.runDue()).toEqual([]);
    const first = await next();
    expect(first?.offset).toBe(offsetS);
    expect(first?.wait).toBeGreaterThan(0);
    expect(first?.wait).toBeLessThanOrEqual(86_400);
    await schedules.ensure([{ ...nightly, offsetS: 5 * 3_600 }]);
    expect((await next())?.offset).toBe(5 * 3_600);
    // It was off at night: what is due is not put off by a start, whatever time that one wants.
    await turnBack(7_200);
    await schedules.ensure([nightly]);
    expect(await schedules.runDue()).toEqual(['clean']);
    await schedules.ensure([nightly]);
    expect((await next())?.offset).toBe(offsetS);
  });

  it('add nothing while the task of the last tick lives', async () => {
    await schedules.ensure([hourly]);
    await turnBack(1);
    await schedules.runDue();
    await turnBack(1);
    expect(await schedules.runDue()).toEqual(['clean']);
    expect(await db.client.task.count()).toBe(1);
  });

  it('are brought up to date, and stay switched off', async () => {
    await schedules.ensure([hourly]);
    await db.client.schedule.update({ where: { name: 'clean' }, data: { enabled: false } });
    await schedules.ensure([{ ...hourly, everyS: 60 }]);
    expect(await db.client.schedule.findUniqueOrThrow({ where: { name: 'clean' } })).toMatchObject({
      everyS: 60,
      enabled: false,
    });
    await turnBack(1);
    expect(await schedules.runDue()).toEqual([]);
  });

  it('that are broken, or of another release, do not hold up the others', async () => {
    await schedules.ensure([{ ...hourly, name: 'a-broken' }, hourly]);
    await db.client.schedule.update({ where: { name: 'a-broken' }, data: { payload: { job: 'unknown' } } });
    await db.client.schedule.create({ data: { name: 'newer', task: 'search.index', payload: {}, everyS: 1 } });
    await turnBack(1);
    await expect(schedules.runDue()).rejects.toThrow(AggregateError);
    const tasks = await db.client.task.findMany();
    expect(tasks.map((task) => task.dedupeKey)).toEqual(['schedule.clean']);
  });
});
