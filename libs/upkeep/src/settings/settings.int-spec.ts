import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { settingViewSchema } from '@vaultstream/contracts';
import { settingsApp, type SettingsApp } from '../../test/settings-app.ts';

const [fromEnvironment, canary] = ['canary-in-the-environment', 'canary-in-the-database'];
const sessdata = 'platform.bilibili.sessdata';
const language = 'platform.web.accept_language';

let app: SettingsApp;
beforeAll(async () => {
  app = await settingsApp({ BILIBILI_SESSDATA: fromEnvironment });
});
afterAll(() => app.close());

const get = async (key: string) => (await app.request('GET', `/settings/${key}`)).body;
const put = (key: string, body: unknown) => app.request('PUT', `/settings/${key}`, body);

describe('settings over HTTP', () => {
  it('lists everything that can be set, by key', async () => {
    const { status, body } = await app.request('GET', '/settings');
    expect(status).toBe(200);
    expect(body.next_cursor).toBeNull();
    const keys = body.items.map(({ key }: { key: string }) => key);
    expect(keys).toEqual(keys.toSorted());
    expect(keys).toEqual(expect.arrayContaining([sessdata, language]));
    for (const item of body.items) expect(settingViewSchema.strict().parse(item)).toEqual(item);
  });

  it('a value goes from the default to the database and back', async () => {
    const before = { key: language, secret: false, configured: false, source: 'default', value: 'en,*;q=0.5' };
    expect(await get(language)).toMatchObject({ ...before, updated_at: null });
    const answer = await put(language, { value: 'de' });
    expect(answer).toMatchObject({ status: 200, body: { configured: true, source: 'database', value: 'de' } });
    expect(await get(language)).toEqual(answer.body);
    expect(await app.request('DELETE', `/settings/${language}`)).toMatchObject({ status: 204 });
    expect(await app.request('DELETE', `/settings/${language}`)).toMatchObject({ status: 204 });
    expect(await get(language)).toMatchObject({ ...before, updated_at: null });
  });

  it('A16: a secret goes in and never comes out; without it the environment holds again', async () => {
    expect(await get(sessdata)).toMatchObject({ secret: true, configured: true, source: 'environment' });
    const answers = [
      await put(sessdata, { value: canary }),
      await app.request('GET', '/settings'),
      await app.request('GET', `/settings/${sessdata}`),
      await put(sessdata, { value: `${canary}; injected=1` }),
      await put('platform.bilibili.nothing', { value: canary }),
    ];
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 200, 400, 400]);
    expect(answers[2]?.body).toMatchObject({ secret: true, configured: true, source: 'database' });
    expect(answers[2]?.body).not.toHaveProperty('value');
    expect((await app.settings.valuesUnder('platform.bilibili.')).get(sessdata)).toBe(canary);
    expect(await app.request('DELETE', `/settings/${sessdata}`)).toMatchObject({ status: 204 });
    expect((await app.settings.valuesUnder('platform.bilibili.')).size).toBe(0);
    expect(await get(sessdata)).toMatchObject({ configured: true, source: 'environment' });
    const events = await app.rows(
      `SELECT payload FROM events WHERE type = 'settings.updated' ORDER BY id DESC LIMIT 2`,
    );
    expect(events.map(({ payload }) => payload)).toEqual([
      { key: sessdata, action: 'removed' },
      { key: sessdata, action: 'set' },
    ]);
    const seen = JSON.stringify([answers, events]) + app.log();
    for (const secret of [canary, fromEnvironment]) expect(seen).not.toContain(secret);
  });

  it('wrong input is 400 with the field named', async () => {
    const table: [path: string, key: string, body: unknown][] = [
      ['path.key', 'platform.bilibili.nothing', { value: 'x' }],
      ['path.key', 'Platform..x', { value: 'x' }],
      ['path.key', 'constructor', { value: 'x' }],
      ['body.value', sessdata, {}],
      ['body.value', sessdata, { value: 7 }],
      ['body.value', sessdata, { value: null }],
      ['body.value', sessdata, { value: '' }],
      ['body.value', sessdata, { value: 'a\u0000' }],
      ['body.value', language, { value: 'de\r\nx: y' }],
      ['body.value', language, { value: ['de'] }],
      ['body.secret', language, { value: 'de', secret: false }],
      ['body', language, 'de'],
    ];
    for (const [path, key, body] of table) {
      const answer = await put(key, body);
      expect({ key, body, status: answer.status }).toEqual({ key, body, status: 400 });
      expect(answer.body.errors.map((error: { path: string }) => error.path)).toContain(path);
    }
    expect(await app.request('GET', '/settings/platform.nothing')).toMatchObject({ status: 404 });
    expect(await app.request('DELETE', '/settings/platform.nothing')).toMatchObject({ status: 404 });
  });

  it('what another release has left is shown, and can be removed', async () => {
    await app.rows(`INSERT INTO settings (key, value) VALUES ('old.key', '"old"') RETURNING key`);
    expect(await get('old.key')).toMatchObject({ description: 'Not known to this release.', source: 'database' });
    expect(await put('old.key', { value: 'new' })).toMatchObject({ status: 400 });
    expect(await app.request('DELETE', '/settings/old.key')).toMatchObject({ status: 204 });
    expect(await app.request('GET', '/settings/old.key')).toMatchObject({ status: 404 });
  });

  it('A3: is for admins', async () => {
    const token = await app.token('read', 'write', 'push');
    for (const [method, path, body] of [
      ['GET', '/settings', undefined],
      ['GET', `/settings/${sessdata}`, undefined],
      ['PUT', `/settings/${sessdata}`, { value: 'x' }],
      ['DELETE', `/settings/${sessdata}`, undefined],
    ] as const)
      expect(await app.request(method, path, body, token)).toMatchObject({ status: 403 });
    expect(await app.request('GET', '/settings', undefined, '')).toMatchObject({ status: 401 });
  });
});
