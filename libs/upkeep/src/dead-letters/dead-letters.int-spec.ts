import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { Injectable } from '@nestjs/common';
import {
  deadLetterDetailSchema,
  dryRunSchema,
  Later,
  NetworkError,
  NotFound,
  type Rehearsal,
  type RehearsalGroup,
} from '@vaultstream/contracts';
import { upkeepApp, type UpkeepApp } from '../../test/upkeep-app.ts';

/** What the rehearsal of a parse does next. */
let next: () => Promise<Rehearsal>;

@Injectable()
class FakeRehearsals implements RehearsalGroup {
  readonly rehearsals = { 'content.parse': { rehearse: () => next() } };
}

let rig: UpkeepApp;
beforeAll(async () => {
  rig = await upkeepApp([FakeRehearsals]);
});
afterAll(() => rig.drop());
beforeEach(async () => {
  await rig.db.client.$executeRaw`TRUNCATE dead_letters, tasks, contents CASCADE`;
  next = () => Promise.resolve({ outcome: 'succeeds', summary: 'It can be read.', facts: { title: 'T' } });
});

/** Open letters of the parses of contents that failed. Answers their ids, the oldest first. */
async function letters(count: number, task = 'content.parse'): Promise<string[]> {
  const rows = await rig.db.client.$queryRaw<{ id: string }[]>`
    WITH c AS (INSERT INTO contents (platform, url, canonical_url, status)
               SELECT 'web', url, url, 'FAILED' FROM (SELECT 'https://x/' || gen_random_uuid() AS url FROM generate_series(1, ${count}::int)) AS n RETURNING id)
    INSERT INTO dead_letters (id, task_id, name, queue, payload, dedupe_key, content_id, reason, error_type, error, detail, attempts,
      fingerprint, request_id, created_at)
    SELECT gen_random_uuid(), gen_random_uuid(), ${task}, 'parse', jsonb_build_object('content_id', id), ${task} || ':' || id, id,
      'non_retryable', 'NotFound', 'gone', '{"message": "gone", "stack": null, "attempts": []}', 1, 'abc', 'r-1', now() + id * interval '1 ms'
    FROM c RETURNING id::text`;
  return rows.map(({ id }) => id);
}
const read = async (path: string) => (await rig.get(`/api/v1${path}`)).json() as Promise<Record<string, unknown>>;
const dryRun = async (id: string, body: object = {}) => {
  const answer = await rig.call('POST', `/dead-letters/${id}/dry-run`, body);
  expect(answer.status).toBe(200);
  return dryRunSchema.strict().parse(answer.body);
};

describe('the dead-letter workbench', () => {
  it('lists, groups and shows one in full', async () => {
    const [id] = await letters(3);
    expect(await read('/dead-letters?limit=2&platform=web&queue=parse')).toMatchObject({
      items: [{ state: 'open', platform: 'web', request_id: 'r-1' }, {}],
    });
    expect(await read('/dead-letters?group_by=fingerprint&sort=recent')).toMatchObject({
      items: [{ fingerprint: 'abc', count: 3, contents: 3, platforms: ['web'] }],
    });
    const byContent = await read('/dead-letters?group_by=content');
    expect(byContent.items).toHaveLength(3);
    expect(deadLetterDetailSchema.strict().parse(await read(`/dead-letters/${id}`))).toMatchObject({ form: 'known' });
    expect((await rig.get('/api/v1/dead-letters?since=yesterday')).status).toBe(400);
    // What RFC 3339 can say, and Postgres cannot read.
    for (const time of ['0131-11-14T01:17:12+23:57', '0000-11-14T01:17:12Z', '9999-12-31T23:59:59-23:59'])
      expect((await rig.get(`/api/v1/dead-letters?until=${encodeURIComponent(time)}`)).status).toBe(200);
  });

  it('replays by filter at a rate, tells how that goes and takes it back', async () => {
    await letters(4);
    const replay = await rig.call('POST', '/dead-letters/replay', { fingerprint: 'abc', limit: 3, per_minute: 1 });
    expect(replay).toMatchObject({ status: 202, body: { matched: 3, queued: 3, joined: 0, unfit: 0, left: 1 } });
    const { replay_id } = replay.body as { replay_id: string };
    expect(await read(`/dead-letters/replays/${replay_id}`)).toMatchObject({ letters: 3, waiting: 3 });
    expect((await rig.get('/api/v1/queues')).status).toBe(200);
    expect(await rig.call('POST', `/dead-letters/replays/${replay_id}/cancel`)).toEqual({
      status: 200,
      body: { cancelled: 3 },
    });
    expect((await read('/dead-letters')).items).toHaveLength(4);
  });

  it('replays and discards one, and names who did it', async () => {
    const [one = '', two = ''] = await letters(2);
    expect(await rig.call('POST', `/dead-letters/${one}/replay`)).toMatchObject({
      status: 202,
      body: { created: true },
    });
    expect((await rig.call('DELETE', `/dead-letters/${two}?note=gone%20for%20good`)).status).toBe(204);
    expect(await read(`/dead-letters/${one}`)).toMatchObject({ state: 'replayed', closed: { by: 'test' } });
    expect(await read(`/dead-letters/${two}`)).toMatchObject({ closed: { by: 'test', note: 'gone for good' } });
    expect((await rig.call('DELETE', `/dead-letters/${one}`)).status).toBe(409);
    expect((await read('/dead-letters?state=discarded')).items).toHaveLength(1);
  });

  it('discards by filter, but never everything by accident', async () => {
    await letters(3);
    expect((await rig.call('POST', '/dead-letters/discard', { note: 'all' })).status).toBe(400);
    expect(await rig.call('POST', '/dead-letters/discard', { error_type: 'NotFound', limit: 2 })).toEqual({
      status: 200,
      body: { discarded: 2, left: 1 },
    });
  });

  it('lets those who may only read look, and nothing more', async () => {
    const [id] = await letters(1);
    const readOnly = { method: 'POST', headers: { 'x-api-token': await rig.token('read') } };
    for (const path of [`${id}/dry-run`, `${id}/replay`, 'replay', 'discard', `replays/${id}/cancel`])
      expect((await fetch(`${rig.url}/api/v1/dead-letters/${path}`, readOnly)).status).toBe(403);
  });
});

describe('a dry run', () => {
  it('a dry run takes no body for an empty one', async () => {
    const [id] = await letters(1);
    const answer = await rig.call('POST', `/dead-letters/${id}/dry-run`);
    expect([answer.status, answer.body]).toMatchObject([
      200,
      { rehearsal: { outcome: 'succeeds' }, not_rehearsed: null },
    ]);
  });

  it('says that a replay would run, and what came of trying its work', async () => {
    const [id = ''] = await letters(1);
    const answer = await dryRun(id);
    expect(answer).toMatchObject({
      verdict: 'runs',
      rehearsal: { outcome: 'succeeds', facts: { title: 'T' }, error_type: null },
      not_rehearsed: null,
    });
    expect(answer.checks.map(({ check }) => check)).toEqual(['open', 'form', 'live_task', 'content']);
    expect(await dryRun(id, { rehearse: false })).toMatchObject({ rehearsal: null, not_rehearsed: 'not_asked' });
    expect((await read('/dead-letters')).items).toHaveLength(1);
    expect(await rig.db.client.task.count()).toBe(0);
  });

  it.each([
    ['for good', new NotFound('HTTP 404'), { outcome: 'fails', error_type: 'NotFound', retryable: false }],
    [
      'and be tried again',
      new NetworkError('reset'),
      { outcome: 'fails', error_type: 'NetworkError', retryable: true },
    ],
    ['as a bug does', new Error('a bug'), { outcome: 'fails', error_type: 'Error', retryable: true }],
    ['or wait', new Later('others first'), { outcome: 'waits', error_type: 'Later', retryable: null }],
  ])('says how its work would fail: %s', async (_, error, expected) => {
    next = () => Promise.reject(error);
    const [id = ''] = await letters(1);
    expect((await dryRun(id)).rehearsal).toMatchObject({ ...expected, summary: error.message });
  });

  it('does not try what would not run, and says so of tasks that cannot be tried', async () => {
    next = () => Promise.reject(new Error('must not be called'));
    const [unknown = ''] = await letters(1, 'content.dream');
    expect(await dryRun(unknown)).toMatchObject({ verdict: 'refused', not_rehearsed: 'would_not_run' });
    const [plan = ''] = await letters(1, 'delivery.plan');
    expect(await dryRun(plan)).toMatchObject({ verdict: 'runs', rehearsal: null, not_rehearsed: 'no_rehearsal' });
    const [parse = ''] = await letters(1);
    await rig.db.client.$executeRaw`UPDATE contents SET deleted_at = now()`;
    expect(await dryRun(parse)).toMatchObject({ verdict: 'idle', not_rehearsed: 'would_not_run' });
  });

  it('says that the same work waits already', async () => {
    const [id = ''] = await letters(1);
    await rig.call('POST', `/dead-letters/${id}/replay`);
    expect(await dryRun(id)).toMatchObject({ verdict: 'closed', rehearsal: { outcome: 'succeeds' } });
  });

  it('tries a few at once and puts the others off', async () => {
    const [id = ''] = await letters(1);
    let release: () => void = () => undefined;
    const gate = new Promise<void>((resolve) => (release = resolve));
    let begun = 0;
    next = async () => {
      if (++begun === 4) release();
      await gate;
      // Answers only when all the others have been refused.
      await refused;
      return { outcome: 'idle', summary: 'done', facts: {} };
    };
    let refuse: () => void = () => undefined;
    const refused = new Promise<void>((resolve) => (refuse = resolve));
    const four = Array.from({ length: 4 }, () => dryRun(id));
    await gate;
    const fifth = await rig.call('POST', `/dead-letters/${id}/dry-run`, {});
    refuse();
    expect(fifth.status).toBe(429);
    for (const answer of await Promise.all(four)) expect(answer.rehearsal?.outcome).toBe('idle');
  });
});
