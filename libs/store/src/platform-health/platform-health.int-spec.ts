import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { eventually, testDatabase } from '@vaultstream/testing';
import { v7 as uuidv7 } from 'uuid';
import { Database } from '../database/database.ts';
import { PostgresTaskStore } from '../tasks/task-store.ts';
import { Retention } from '../upkeep/retention.ts';
import type { CircuitPolicy } from './circuit.ts';
import { PlatformHealth } from './platform-health.ts';
import type { TryOutcome } from './platform-tries.ts';

const policy: CircuitPolicy = {
  windowS: 300,
  minimum: 10,
  sickRatio: 0.7,
  firstPauseMs: 30_000,
  longestPauseMs: 900_000,
  probeMs: 100_000,
};

let database: Awaited<ReturnType<typeof testDatabase>>;
let db: Database;
let health: PlatformHealth;
let store: PostgresTaskStore;
beforeAll(async () => {
  database = await testDatabase();
  db = new Database({ url: database.url, poolSize: 20 });
  health = new PlatformHealth(db);
  store = new PostgresTaskStore(db);
});
afterAll(async () => {
  await db.close();
  await database.drop();
});
const sql = (statement: string) => db.client.$queryRawUnsafe<Record<string, unknown>[]>(statement);
beforeEach(() => sql('TRUNCATE platform_tries, platform_states, events'));

const count = (counts: Partial<Record<TryOutcome, number>>, platform = 'x') =>
  health.count(
    Object.entries(counts).flatMap(([outcome, times]) =>
      Array.from({ length: times }, () => ({
        platform,
        outcome: outcome as TryOutcome,
        errorType: outcome === 'succeeded' ? null : 'UpstreamError',
      })),
    ),
  );
const trip = () => health.trip('x', 'UpstreamError: 502 from https://x.test/?token=abcdef', policy);
const state = async (platform = 'x') => (await health.states()).find((one) => one.platform === platform);
/** Ends the pause. */
// Not just now: a time to the millisecond may be rounded up.
const endPause = () =>
  sql(`UPDATE platform_states SET retry_at = clock_timestamp() - interval '1 s' WHERE platform = 'x'`);

describe('the counts of a platform', () => {
  it('are added up by all who count at the same time, whatever the order of their platforms', async () => {
    await Promise.all(
      Array.from({ length: 40 }, (_, index) => {
        const entries = ['x', 'bilibili'].map((platform) => ({
          platform,
          outcome: index % 4 === 0 ? ('sick' as const) : ('succeeded' as const),
          errorType: index % 4 === 0 ? 'RateLimited' : null,
        }));
        return health.count(index % 2 === 0 ? entries : entries.toReversed());
      }),
    );
    const tallies = await health.tallies(60);
    expect(tallies.map(({ platform }) => platform).sort()).toEqual(['bilibili', 'x']);
    for (const tally of tallies)
      expect(tally).toMatchObject({
        succeeded: 30,
        sick: 10,
        absent: 0,
        failed: 0,
        lastErrorType: 'RateLimited',
        lastSuccessAt: expect.any(Date),
      });
  });

  it('leave the window with time; the last success and error stay, and the rest is forgotten', async () => {
    await count({ succeeded: 2, sick: 1 });
    await sql(
      `UPDATE platform_tries SET since = since - interval '3 days', last_success_at = last_success_at - interval '3 days'`,
    );
    await count({ succeeded: 1, absent: 1 });
    await sql(`UPDATE platform_tries SET since = since - interval '2 days' WHERE since > now() - interval '1 day'`);
    await sql(`INSERT INTO platform_tries (platform, since, absent) VALUES ('x', now() - interval '4 days', 3)`);
    const [tally] = await health.tallies(3_600);
    expect(tally).toMatchObject({ succeeded: 0, sick: 0, lastErrorType: 'UpstreamError' });
    expect(await new Retention(db).expirePlatformTries()).toBe(1);
    expect(await health.tallies(3_600)).toEqual([tally]);
  });
});

describe('the circuit of a platform', () => {
  it('P14: opens at 70 % of at least the minimum, once, and leaves the others alone', async () => {
    await count({ sick: 9 });
    expect(await trip()).toBe(false);
    await count({ succeeded: 5 });
    expect(await trip()).toBe(false);
    await count({ sick: 3 });
    expect(await Promise.all([trip(), trip(), trip()])).toEqual(expect.arrayContaining([true, false, false]));
    expect(await state()).toMatchObject({ circuit: 'open', trips: 1, openedAt: expect.any(Date) });
    expect((await state())?.circuitReason).toBe('UpstreamError: 502 from https://x.test/?token=[redacted]');
    expect(await state('bilibili')).toBeUndefined();
    const events = await sql(`SELECT type, payload FROM events`);
    expect(events).toMatchObject([
      { type: 'platform.circuit_opened', payload: { platform: 'x', tries: 17, sick: 12 } },
    ]);
  });

  it('does not open for posts that are gone or refused', async () => {
    await count({ absent: 30, failed: 30, sick: 20 });
    expect(await trip()).toBe(false);
  });

  it('lets one probe through when its pause is over, and one more when that one is lost', async () => {
    await count({ sick: 10 });
    await trip();
    expect((await state())?.waitMs).toBeGreaterThan(20_000);
    expect(await health.claimProbe('x', policy)).toBeNull();
    await endPause();
    const claims = await Promise.all(Array.from({ length: 8 }, () => health.claimProbe('x', policy)));
    expect(claims.filter((probe) => probe !== null)).toHaveLength(1);
    expect(await state()).toMatchObject({ circuit: 'half_open' });
    await sql(`UPDATE platform_states SET probe_until = clock_timestamp() - interval '1 s'`);
    expect(await health.claimProbe('x', policy)).not.toBeNull();
  });

  it('doubles its pause after each probe that fails, up to the longest, and closes with one that answers', async () => {
    await count({ sick: 10 });
    await trip();
    const probe = async () => {
      await endPause();
      const id = await health.claimProbe('x', policy);
      if (id === null) throw new Error('no probe');
      return id;
    };
    const pauses: number[] = [];
    for (let round = 0; round < 6; round++) {
      await health.reopen('x', await probe(), 'NetworkError: no answer', policy);
      pauses.push(Math.round(((await state())?.waitMs ?? 0) / 10_000) * 10);
    }
    expect(pauses).toEqual([60, 120, 240, 480, 900, 900]);
    const stale = await probe();
    await health.releaseProbe('x', stale);
    const last = await probe();
    await health.reopen('x', stale, 'too late', policy);
    expect(await health.close('x', { probe: stale })).toBe(false);
    expect(await health.close('x', { probe: last })).toBe(true);
    expect(await state()).toMatchObject({ circuit: 'closed', trips: 0, circuitReason: null, waitMs: 0 });
    // What had failed before it closed does not open it again.
    expect(await trip()).toBe(false);
  });

  it('lets no parse wait for a circuit that closes at the same moment', async () => {
    const [{ id }] = (await sql(
      `INSERT INTO contents (url, canonical_url, platform, status, updated_at) VALUES ('https://x.test/1', 'https://x.test/1', 'x', 'PROCESSING', now()) RETURNING id`,
    )) as [{ id: number }];
    const task = uuidv7();
    await sql(
      `INSERT INTO tasks (id, name, queue, payload, content_id, state, generation, fence, lease_until)
       VALUES ('${task}', 'content.parse', 'parse', '{}', ${id}, 'running', 1, 1, now() + interval '1 min')`,
    );
    await count({ sick: 10 });
    await trip();
    const waiting = { platform: 'x', reason: 'it is sick', openedAt: new Date(0) };
    const runsIn = async () =>
      (await sql(`SELECT extract(epoch FROM run_at - clock_timestamp())::float8 AS s FROM tasks`))[0]?.['s'];
    const waits = `SELECT 1 FROM pg_locks JOIN pg_database d ON d.oid = database WHERE NOT granted AND d.datname = current_database()`;
    // The one who closes it comes between the two statements of the wait: he waits for its end, and finds the parse.
    let closing: Promise<boolean> | undefined;
    await store.defer({ taskId: task, fence: 1 }, 600_000, async (tx) => {
      await health.noteWaiting(tx, id, waiting);
      closing = health.close('x', { person: 'ada' });
      await eventually(async () => (await sql(waits)).length > 0);
    });
    expect(await closing).toBe(true);
    expect(await runsIn()).toBeLessThan(6);
    // The one who has closed it before is seen: the run begins anew.
    await sql(`UPDATE tasks SET state = 'running', lease_until = now() + interval '1 min'`);
    const late = store.defer({ taskId: task, fence: 1 }, 600_000, (tx) => health.noteWaiting(tx, id, waiting));
    await expect(late).rejects.toMatchObject({ name: 'Later', retryAfterMs: 0 });
    expect(await sql(`SELECT state FROM tasks`)).toEqual([{ state: 'running' }]);
  });

  it('keeps what a cookie was told, until another cookie is', async () => {
    const note = (print: string, what: 'valid' | 'rejected') => health.noteCookie('x', { print, state: what });
    await note('a', 'valid');
    const first = await state();
    await note('a', 'valid');
    expect(await state()).toEqual(first);
    await note('a', 'rejected');
    expect(await state()).toMatchObject({ cookieState: 'rejected', cookiePrint: 'a' });
  });
});
