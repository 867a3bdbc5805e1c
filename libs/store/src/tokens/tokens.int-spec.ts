import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { AccessDenied, Conflict, InvalidInput, type Principal, type Scope } from '@vaultstream/contracts';
import { testDatabase, type TestDatabase } from '@vaultstream/testing';
import { Database } from '../database/database.ts';
import { hashToken, mintToken } from './token-format.ts';
import { Tokens } from './tokens.ts';

let database: TestDatabase;
let db: Database;
let tokens: Tokens;
const admin: Principal = { tokenId: 'maker', name: 'maker', scopes: ['admin'] };

beforeAll(async () => {
  database = await testDatabase();
  db = new Database({ url: database.url });
  tokens = new Tokens(db);
});
afterAll(async () => {
  await db.close();
  await database.drop();
});

const make = async (scopes: Scope[] = ['read'], expires_at?: string) => {
  const view = await tokens.create(admin, { name: 'a token', scopes, expires_at });
  return { id: view.id, token: view.token ?? '', view };
};

describe('tokens', () => {
  it('A4: are shown once, stored as a hash only, and listed without either', async () => {
    const { token, view } = await make(['read', 'write', 'read']);
    expect(token).toMatch(/^vs_[a-z0-9]{8}_[\w-]{43}$/);
    expect(view).toMatchObject({ prefix: token.slice(0, 11), scopes: ['read', 'write'], revoked_at: null });
    const dump = JSON.stringify(await db.client.$queryRaw`SELECT * FROM api_tokens`);
    expect(dump).not.toContain(token.slice(12));
    expect(dump).toContain(hashToken(token));
    const events = JSON.stringify(await db.client.$queryRaw`SELECT payload FROM events`);
    expect(events).not.toContain(token.slice(12));
    const listed = JSON.stringify(await tokens.list({ limit: 100 }));
    expect(listed).toContain(view.id);
    expect(listed).not.toContain(hashToken(token));
  });

  it('let in who presents them, with their scopes, and nobody else', async () => {
    const { id, token } = await make(['push']);
    expect(await tokens.verify(token)).toEqual({ tokenId: id, name: 'a token', scopes: ['push'] });
    for (const other of ['', 'vs_', `${token}x`, token.slice(0, -1), token.toUpperCase(), mintToken().token, '\u0000'])
      expect(await tokens.verify(other)).toBeNull();
  });

  it('A3: nobody makes a token with scopes that he lacks', async () => {
    const maker: Principal = { tokenId: 'm', name: 'm', scopes: ['read', 'write'] };
    await expect(tokens.create(maker, { name: 'x', scopes: ['read', 'push'] })).rejects.toThrow(AccessDenied);
    await expect(tokens.create(maker, { name: 'x', scopes: ['admin'] })).rejects.toThrow(AccessDenied);
    expect(await tokens.create(maker, { name: 'x', scopes: ['write'] })).toMatchObject({ scopes: ['write'] });
  });

  it('end at their time, also when they are remembered', async () => {
    await expect(make(['read'], '2020-01-01T00:00:00Z')).rejects.toThrow(InvalidInput);
    const at = new Date(Date.now() + 3_600_000);
    const { token } = await make(['read'], at.toISOString());
    expect(await tokens.verify(token)).not.toBeNull();
    const clock = jest.spyOn(Date, 'now').mockReturnValue(at.getTime() + 1);
    expect(await tokens.verify(token)).toBeNull();
    clock.mockRestore();
  });

  it('A5: are revoked here at once, and on every other replica within a minute', async () => {
    const replicas = [new Tokens(db), new Tokens(db)];
    const { id, token } = await make();
    for (const replica of [tokens, ...replicas]) expect(await replica.verify(token)).not.toBeNull();
    expect(await tokens.revoke(id)).toBe(true);
    expect(await tokens.verify(token)).toBeNull();
    const later = performance.now() + 60_000;
    const clock = jest.spyOn(performance, 'now').mockReturnValue(later);
    for (const replica of replicas) expect(await replica.verify(token)).toBeNull();
    clock.mockRestore();
    expect(await tokens.revoke(id)).toBe(true);
    expect(await tokens.revoke('00000000-0000-7000-8000-000000000000')).toBe(false);
    const [{ count } = { count: 0 }] = await db.client.$queryRaw<{ count: number }[]>`
      SELECT count(*)::int FROM events WHERE type = 'token.revoked' AND payload->>'token_id' = ${id}`;
    expect(count).toBe(1);
  });

  it('a revocation is not undone by a look-up that was under way', async () => {
    for (let round = 0; round < 20; round++) {
      const { id, token } = await make();
      await Promise.all([tokens.verify(token), tokens.revoke(id)]);
      expect(await tokens.verify(token)).toBeNull();
    }
  });

  it('a flood of unknown tokens takes one statement at a time, and a known one still gets in', async () => {
    const { token } = await make();
    let running = 0;
    let most = 0;
    let statements = 0;
    const reading = db.reading.bind(db);
    const spy = jest.spyOn(db, 'reading').mockImplementation((async (read: never) => {
      statements++;
      most = Math.max(most, ++running);
      return reading(read).finally(() => running--);
    }) as typeof db.reading);
    const flood = Array.from({ length: 2_000 }, () => tokens.verify(mintToken().token));
    const [known, ...unknown] = await Promise.all([tokens.verify(token), ...flood]);
    spy.mockRestore();
    expect(known).not.toBeNull();
    expect(unknown.every((principal) => principal === null)).toBe(true);
    expect(most).toBeLessThanOrEqual(2); // the look-up, and last_used_at of the known one
    expect(statements).toBeLessThan(20);
  });

  it('note when they were used, at most once a minute', async () => {
    const { id, token } = await make();
    const read = async () => (await db.client.apiToken.findUniqueOrThrow({ where: { id } })).lastUsedAt;
    expect(await read()).toBeNull();
    await tokens.verify(token);
    const first = await read();
    expect(first).toBeInstanceOf(Date);
    await tokens.verify(token);
    await new Tokens(db).verify(token);
    expect(await read()).toEqual(first);
  });

  it('are listed by keyset, the newest first', async () => {
    const all = await tokens.list({ limit: 100 });
    const first = await tokens.list({ limit: 2 });
    const second = await tokens.list({ limit: 2, cursor: first.next_cursor ?? '' });
    expect([...first.items, ...second.items]).toEqual(all.items.slice(0, 4));
    await expect(tokens.list({ limit: 2, cursor: 'forged' })).rejects.toThrow(InvalidInput);
  });
});

describe('the first tokens', () => {
  it('one admin token is made, however many processes start, and none while one is valid', async () => {
    const fresh = await testDatabase();
    const own = new Database({ url: fresh.url });
    const made = await Promise.all(Array.from({ length: 8 }, () => new Tokens(own).createAdminIfNone()));
    const [token = '', ...more] = made.filter((value) => value !== null);
    expect(more).toEqual([]);
    expect(await new Tokens(own).verify(token)).toMatchObject({ scopes: ['admin'] });
    const { items } = await new Tokens(own).list({ limit: 10 });
    await new Tokens(own).revoke(items[0]?.id ?? '');
    expect(await new Tokens(own).createAdminIfNone()).toMatch(/^vs_/);
    await own.close();
    await fresh.drop();
  });

  it('the token of API_TOKEN works as long as it stands there', async () => {
    const replica = new Tokens(db);
    await Promise.all([tokens, replica].map((each) => each.ensureBootstrap('a-secret-of-the-operator')));
    expect(await tokens.verify('a-secret-of-the-operator')).toMatchObject({ scopes: ['admin'] });
    await tokens.ensureBootstrap('another-secret-of-his');
    expect(await tokens.verify('a-secret-of-the-operator')).toBeNull();
    expect(await tokens.verify('another-secret-of-his')).not.toBeNull();
    await tokens.ensureBootstrap(undefined);
    expect(await tokens.verify('another-secret-of-his')).toBeNull();
    await tokens.ensureBootstrap('another-secret-of-his');
    expect(await tokens.verify('another-secret-of-his')).not.toBeNull();
    expect(JSON.stringify(await tokens.list({ limit: 100 }))).not.toContain('secret-of');
  });

  it('L3: a token that was made here is refused as API_TOKEN, and stays what it was through every later start', async () => {
    const [replica, minted] = [new Tokens(db), await make(['read'])];
    await tokens.ensureBootstrap('the-secret-in-use-till-now');
    const refusal = replica.ensureBootstrap(minted.token);
    await expect(refusal).rejects.toThrow(Conflict);
    await expect(refusal).rejects.toThrow(
      `"a token" (${minted.view.prefix}_...), which was made here and works without it`,
    );
    await expect(refusal).rejects.not.toThrow(minted.token.slice(12));
    // Nothing was changed by the start that failed: neither this token nor the one before.
    for (const next of ['the-next-secret-of-his', undefined, 'the-next-secret-of-his']) {
      expect(await new Tokens(db).verify(minted.token)).toMatchObject({ scopes: ['read'] });
      await replica.ensureBootstrap(next);
    }
    expect(await new Tokens(db).verify('the-secret-in-use-till-now')).toBeNull();
  });

  it('L3: nor does API_TOKEN bring back a token that was revoked, or let an admin token outlive the variable', async () => {
    const [gone, admin] = [await make(['write']), await make(['admin'])];
    await tokens.revoke(gone.id);
    await expect(tokens.ensureBootstrap(gone.token)).rejects.toThrow(/revoked or is expired/);
    expect(await tokens.verify(gone.token)).toBeNull();
    await expect(tokens.ensureBootstrap(admin.token)).rejects.toThrow(Conflict);
    await tokens.ensureBootstrap(undefined);
    await tokens.revoke(admin.id);
    await expect(tokens.ensureBootstrap(admin.token)).rejects.toThrow(Conflict);
    expect(await tokens.verify(admin.token)).toBeNull();
  });
});
