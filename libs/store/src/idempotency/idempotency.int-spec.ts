import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { testDatabase, type TestDatabase } from '@vaultstream/testing';
import { Database } from '../database/database.ts';
import { SecretBox } from '../secrets/secret-box.ts';
import { PostgresIdempotency } from './idempotency.ts';

let database: TestDatabase;
let db: Database;
let store: PostgresIdempotency;

beforeAll(async () => {
  database = await testDatabase();
  db = new Database({ url: database.url });
  store = new PostgresIdempotency(db, new SecretBox([randomBytes(32)]));
});
afterAll(async () => {
  await db.close();
  await database.drop();
});

const use = (key: string) => ({ principalId: 'p', route: 'POST /api/v1/shares', key });

describe('idempotency keys', () => {
  it('A22: of 50 concurrent callers one gets the key, the others hear that it is busy', async () => {
    for (let round = 0; round < 5; round++) {
      const states = await Promise.all(Array.from({ length: 50 }, () => store.begin(use(`many-${round}`), 'h')));
      expect(states.filter(({ state }) => state === 'new')).toHaveLength(1);
      expect(states.filter(({ state }) => state === 'busy')).toHaveLength(49);
    }
  });

  it('A22: answers again what was answered, refuses another body', async () => {
    await store.begin(use('done'), 'h');
    expect(await store.begin(use('done'), 'other')).toEqual({ state: 'mismatch' });
    await store.complete(use('done'), { status: 201, body: { z: 1, list: [1, null], a: 'a\u0000' } });
    const again = await store.begin(use('done'), 'h');
    expect(JSON.stringify(again)).toBe(
      JSON.stringify({ state: 'done', status: 201, body: { z: 1, list: [1, null], a: 'a\u0000' } }),
    );
    expect(await store.begin(use('done'), 'other')).toEqual({ state: 'mismatch' });
    await store.complete(use('done'), { status: 500, body: null });
    await store.abandon(use('done'));
    expect(await store.begin(use('done'), 'h')).toMatchObject({ state: 'done', status: 201 });
  });

  it('A16: an answer that shows a secret lies sealed in the database', async () => {
    await store.begin(use('sealed'), 'h');
    await store.complete(use('sealed'), { status: 201, body: { secret: 'whsec_canary' } });
    const [row] = await db.client.$queryRaw<{ response: unknown }[]>`
      SELECT response FROM idempotency_keys WHERE key = 'sealed'`;
    expect(JSON.stringify(row)).not.toContain('canary');
    expect(await store.begin(use('sealed'), 'h')).toMatchObject({ body: { secret: 'whsec_canary' } });
  });

  it('keeps an answer without a body', async () => {
    await store.begin(use('empty'), 'h');
    await store.complete(use('empty'), { status: 204, body: null });
    expect(await store.begin(use('empty'), 'h')).toEqual({ state: 'done', status: 204, body: null });
  });

  it('a key that was given back is free', async () => {
    await store.begin(use('back'), 'h');
    await store.abandon(use('back'));
    expect(await store.begin(use('back'), 'other')).toEqual({ state: 'new' });
  });

  it('callers, routes and keys do not meet', async () => {
    const one = use('same');
    expect(await store.begin(one, 'h')).toEqual({ state: 'new' });
    expect(await store.begin({ ...one, principalId: 'q' }, 'h')).toEqual({ state: 'new' });
    expect(await store.begin({ ...one, route: 'POST /api/v1/targets' }, 'h')).toEqual({ state: 'new' });
  });

  it('the claim of a caller that died is given out again, once, to the same request', async () => {
    await store.begin(use('dead'), 'h');
    await db.client.$executeRaw`UPDATE idempotency_keys SET locked_until = now() WHERE key = 'dead'`;
    expect(await store.begin(use('dead'), 'other')).toEqual({ state: 'mismatch' });
    const states = await Promise.all(Array.from({ length: 10 }, () => store.begin(use('dead'), 'h')));
    expect(states.filter(({ state }) => state === 'new')).toHaveLength(1);
  });

  it('a key whose time is over is new, for any request', async () => {
    await store.begin(use('old'), 'h');
    await store.complete(use('old'), { status: 200, body: {} });
    await db.client.$executeRaw`UPDATE idempotency_keys SET expires_at = now() - interval '1 s' WHERE key = 'old'`;
    expect(await store.begin(use('old'), 'other')).toEqual({ state: 'new' });
    expect(await store.begin(use('old'), 'h')).toEqual({ state: 'mismatch' });
  });
});
