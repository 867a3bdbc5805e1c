import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { tokenViewSchema } from '@vaultstream/contracts';
import { captureApp, type CaptureApp } from '../../test/capture-app.ts';

let app: CaptureApp;
beforeAll(async () => {
  app = await captureApp();
});
afterAll(() => app.close());

const create = (body: unknown, headers = {}) => app.request('POST', '/tokens', body, headers);

describe('tokens over HTTP', () => {
  it('are made, used, listed and revoked', async () => {
    const last = await create({ name: 'for good', scopes: ['read'], expires_at: '9999-12-31T23:59:59-23:59' });
    expect(last.body.expires_at).toBe('9999-12-31T23:59:59.999Z');
    const made = await create({ name: 'bot', scopes: ['read'], expires_at: '2099-01-01T00:00:00+02:00' });
    expect(made.status).toBe(201);
    expect(tokenViewSchema.strict().parse(made.body)).toEqual(made.body);
    const headers = { 'x-api-token': made.body.token as string };
    expect(await app.request('GET', '/tags', undefined, headers)).toMatchObject({ status: 200 });
    const listed = await app.request('GET', '/tokens?limit=100');
    const mine = listed.body.items.find((item: { id: string }) => item.id === made.body.id);
    expect(mine).toMatchObject({ name: 'bot', prefix: made.body.token.slice(0, 11) });
    expect(mine.token).toBeUndefined();
    expect(await app.request('DELETE', `/tokens/${made.body.id}`)).toMatchObject({ status: 204 });
    expect(await app.request('GET', '/tags', undefined, headers)).toMatchObject({ status: 401 });
    expect(JSON.stringify(app.lines())).not.toContain(made.body.token);
  });

  it('A3: only an admin makes, sees or ends tokens', async () => {
    const headers = { 'x-api-token': await app.token('read', 'write', 'push') };
    expect(await create({ name: 'x', scopes: ['admin'] }, headers)).toMatchObject({ status: 403 });
    expect(await create({ name: 'x', scopes: ['read'] }, headers)).toMatchObject({ status: 403 });
    expect(await app.request('GET', '/tokens', undefined, headers)).toMatchObject({ status: 403 });
    expect(
      await app.request('DELETE', `/tokens/00000000-0000-7000-8000-000000000000`, undefined, headers),
    ).toMatchObject({
      status: 403,
    });
  });

  it('wrong input is 4xx with the field named', async () => {
    const table: [path: string, body: unknown][] = [
      ['body.name', { scopes: ['read'] }],
      ['body.name', { name: 'a\u0000', scopes: ['read'] }],
      ['body.scopes', { name: 'x', scopes: [] }],
      ['body.scopes.0', { name: 'x', scopes: ['root'] }],
      ['body.expires_at', { name: 'x', scopes: ['read'], expires_at: 'soon' }],
      ['body.expires_at', { name: 'x', scopes: ['read'], expires_at: '2020-01-01T00:00:00Z' }],
      ['body.hash', { name: 'x', scopes: ['read'], hash: 'y' }],
    ];
    for (const [path, body] of table) {
      const answer = await create(body);
      expect({ body, status: answer.status }).toEqual({ body, status: 400 });
      expect(answer.body.errors.map((error: { path: string }) => error.path)).toContain(path);
    }
    expect(await app.request('DELETE', '/tokens/7')).toMatchObject({ status: 400 });
    expect(await app.request('DELETE', '/tokens/00000000-0000-7000-8000-000000000000')).toMatchObject({ status: 404 });
  });
});
