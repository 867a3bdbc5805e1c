import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { platforms, settingsOf, type Platform } from '@vaultstream/platforms';
import { Settings } from '@vaultstream/store';
import { eventually, withServer, type TestServer } from '@vaultstream/testing';
import { captureApp, type CaptureApp } from '../../test/capture-app.ts';

/** Hosts that platforms with an account ask. A new one is a line. */
const asked: Readonly<Record<string, readonly string[]>> = {
  bilibili: ['api.bilibili.com', 'www.bilibili.com', 'api.live.bilibili.com'],
  weibo: ['weibo.com', 'm.weibo.cn'],
  xiaohongshu: ['www.xiaohongshu.com'],
  zhihu: ['www.zhihu.com', 'zhuanlan.zhihu.com', 'api.zhihu.com'],
  youtube: ['www.youtube.com'],
  reddit: ['www.reddit.com'],
  github: ['api.github.com'],
};
const accounts = platforms.filter((platform) => secretsOf(platform).length > 0);

function secretsOf(platform: Platform) {
  return [...settingsOf(platform).values()].filter(({ secret }) => secret);
}
/** A secret of its own for each platform: a cookie's value, or a token. */
const canaryOf = ({ id }: Platform) => `cookie_canary_of_${id}_0123456789`;

/** What plays the platforms: it sends whoever asks to another site. And that site. */
let own: TestServer;
let other: TestServer;
let app: CaptureApp;
beforeAll(async () => {
  own = await withServer((_request, response) =>
    response.writeHead(302, { location: 'https://elsewhere.example.com/taken' }).end(),
  );
  other = await withServer((_request, response) => response.end('<title>thank you</title>'));
  const hosts = accounts.flatMap(({ id }) => (asked[id] ?? []).map((host) => `${host}=${own.url}`));
  const elsewhere = `elsewhere.example.com=${other.url}`;
  app = await captureApp({ FETCH_HOST_OVERRIDES: [...hosts, elsewhere].join(',') }, { workers: true });
  const settings = app.get(Settings);
  for (const platform of accounts)
    for (const { key, schema } of secretsOf(platform)) {
      const [one, pair] = [canaryOf(platform), `SUB=${canaryOf(platform)}`];
      const value = schema.safeParse(one).success ? one : pair;
      await app.db.transact((tx) => settings.put(tx, { key, value, secret: true }));
    }
  settings.forget();
}, 60_000);
afterAll(async () => {
  await app.close();
  await Promise.all([own.close(), other.close()]);
});

/** What a request shows of an account. */
const shownBy = ({ headers }: TestServer['requests'][number]) => `${headers['cookie']} ${headers['authorization']}`;

describe('the cookies and tokens of platforms', () => {
  it.each(accounts.map((platform) => ({ id: platform.id, platform })))(
    'S22: of $id reach the hosts of $id, and nobody after a redirect',
    async ({ id, platform }) => {
      const before = [own.requests.length, other.requests.length];
      const { status, body } = await app.request('POST', `/platforms/${id}/canary`);
      expect(status).toBe(200);
      expect(body.ok).toBe(false);
      const calls = own.requests.slice(before[0]);
      expect(calls.filter((call) => shownBy(call).includes(canaryOf(platform))).length).toBeGreaterThan(0);
      for (const call of calls) {
        expect(asked[id]).toContain(call.headers['x-forwarded-host']);
        for (const stranger of accounts.filter((one) => one.id !== id))
          expect(shownBy(call)).not.toContain(canaryOf(stranger));
      }
      for (const call of other.requests.slice(before[1])) expect(shownBy(call)).toBe('undefined undefined');
    },
  );

  it('S22: never go along with a page that anybody shares, nor to a mirror of another platform', async () => {
    const { body } = await app.request('POST', '/shares', { url: 'https://elsewhere.example.com/page' });
    await eventually(async () => (await app.request('GET', `/contents/${body.content_id}`)).body.status === 'PULLED', {
      timeoutMs: 20_000,
    });
    expect(other.requests.length).toBeGreaterThan(0);
    expect(other.requests.map(shownBy).filter((shown) => shown !== 'undefined undefined')).toEqual([]);
  });

  it('A16: are sealed at rest and in no log, event or answer', async () => {
    const rows = await app.rows('SELECT value, value_cipher FROM settings');
    const events = await app.rows('SELECT payload FROM events');
    const states = await app.rows('SELECT * FROM platform_states');
    const views = await app.request('GET', '/platforms');
    const written = JSON.stringify([rows, events, states, views.body, app.lines()]);
    expect(rows.length).toBeGreaterThanOrEqual(accounts.length);
    expect(written).not.toContain('cookie_canary');
  });
});
