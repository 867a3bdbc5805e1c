import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { UnitOfWork } from '@vaultstream/contracts';
import { Bots } from '@vaultstream/store';
import { botToken, openTelegramRig, type TelegramRig } from '../../test/telegram-rig.ts';

// Real Postgres, on whatever machine.
jest.setTimeout(60_000);

let rig: TelegramRig;
beforeAll(async () => {
  rig = await openTelegramRig();
});
afterAll(() => rig.close());
const call = (method: 'GET' | 'POST' | 'PATCH' | 'DELETE', path = '', body?: object) =>
  rig.call(method, `/bot-config${path}`, body, 'admin');
const primaries = () => rig.db.client.botConfig.findMany({ where: { isPrimary: true, deletedAt: null } });

describe('bot-config', () => {
  it('35: keeps a token sealed and shows it to nobody again', async () => {
    const made = await rig.bot({ is_primary: false });
    expect(made.bot_token).toBe('123456:****QQrs');
    for (const path of ['', `/${made.id}`]) {
      const { status, body } = await call('GET', path);
      expect(status).toBe(200);
      expect(JSON.stringify(body)).not.toContain(botToken.slice(7, -4));
    }
    const row = await rig.db.client.botConfig.findUniqueOrThrow({ where: { id: made.id } });
    expect(row.tokenCipher).toMatch(/^v1\./);
    expect(await rig.app.get(Bots).access('telegram', made.id)).toEqual({ id: made.id, token: botToken });
  });

  it('opens no token that was moved to another row', async () => {
    const [one, two] = [await rig.bot({ is_primary: false }), await rig.bot({ is_primary: false })];
    const { tokenCipher } = await rig.db.client.botConfig.findUniqueOrThrow({ where: { id: one.id } });
    await rig.db.client.botConfig.update({ where: { id: two.id }, data: { tokenCipher } });
    await expect(rig.app.get(Bots).access('telegram', two.id)).rejects.toThrow('cannot be read');
    expect((await call('GET', `/${two.id}`)).body).toMatchObject({ bot_token: '****' });
    await call('DELETE', `/${two.id}`);
  });

  it('is for admins only', async () => {
    expect((await rig.call('GET', '/bot-config', undefined, 'push')).status).toBe(403);
    expect((await rig.call('POST', '/bot-config', {}, 'read')).status).toBe(403);
  });

  it.each([
    ['another platform', { platform: 'web' }, 'body.platform'],
    ['a token of another kind', { bot_token: 'x'.repeat(40) }, 'body.bot_token'],
    ['a masked token', { bot_token: '123456:****abcdefghijklmnop' }, 'body.bot_token'],
    ['a path in it', { bot_token: '123456:../../getMe?x=aaaaaaaaaaaaaa' }, 'body.bot_token'],
    ['a strange field', { nonsense: 1 }, 'body'],
  ])('refuses %s without repeating it', async (_, more, path) => {
    const request = { platform: 'telegram', name: 'n', bot_token: botToken, ...more };
    const { status, body } = await call('POST', '', request);
    expect(status).toBe(400);
    expect(body.errors[0].path).toContain(path);
    expect(JSON.stringify(body)).not.toContain(request.bot_token);
  });

  it('35: has one primary per platform, the last one made so', async () => {
    const first = await rig.bot();
    const second = await rig.bot();
    expect((await primaries()).map(({ id }) => id)).toEqual([second.id]);
    expect((await call('PATCH', `/${first.id}`, { is_primary: true })).body).toMatchObject({ is_primary: true });
    expect((await primaries()).map(({ id }) => id)).toEqual([first.id]);
  });

  it('35: has exactly one primary after twenty were made so at once', async () => {
    const bots = await Promise.all(Array.from({ length: 10 }, () => rig.bot()));
    const answers = await Promise.all(bots.map(({ id }) => call('PATCH', `/${id}`, { is_primary: true })));
    expect(answers.map(({ status }) => status)).toEqual(Array<number>(10).fill(200));
    expect(await primaries()).toHaveLength(1);
  });

  it('deletes softly: it is gone for people and no primary any more', async () => {
    const { id } = await rig.bot();
    expect((await call('DELETE', `/${id}`)).status).toBe(204);
    expect((await call('GET', `/${id}`)).status).toBe(404);
    expect((await call('PATCH', `/${id}`, { name: 'x' })).status).toBe(404);
    expect((await call('DELETE', `/${id}`)).status).toBe(404);
    expect(await rig.db.client.botConfig.findUnique({ where: { id } })).toMatchObject({
      isPrimary: false,
      enabled: false,
    });
    expect(await primaries()).toEqual([]);
  });

  it('writes what was done to the event log, without the token', async () => {
    const rows = await rig.db.client.$queryRaw<{ type: string; payload: unknown }[]>`
      SELECT type, payload FROM events WHERE type LIKE 'bot.%'`;
    expect(new Set(rows.map(({ type }) => type))).toEqual(new Set(['bot.created', 'bot.updated', 'bot.deleted']));
    expect(JSON.stringify(rows)).not.toContain(botToken.slice(7));
  });
});

describe('the bot of TELEGRAM_BOT_TOKEN', () => {
  const bootstrap = (token: string) =>
    rig.app.get(UnitOfWork).transact((tx) => rig.app.get(Bots).bootstrap(tx, 'telegram', 'TELEGRAM_BOT_TOKEN', token));

  it('is made once, however many processes start, is primary where there is none, and follows its variable', async () => {
    await rig.db.client.botConfig.deleteMany();
    const [old, fresh] = [`77:${'a'.repeat(35)}`, `77:${'b'.repeat(35)}`];
    await Promise.all(Array.from({ length: 4 }, () => bootstrap(old)));
    expect(await rig.db.client.botConfig.count()).toBe(1);
    const [row] = await primaries();
    await bootstrap(fresh);
    expect(await rig.app.get(Bots).access('telegram', null)).toEqual({ id: row?.id, token: fresh });
  });

  it('leaves the choice of people alone: a primary bot, and a deletion', async () => {
    await rig.db.client.botConfig.deleteMany();
    const own = await rig.bot();
    await bootstrap(`77:${'a'.repeat(35)}`);
    expect((await primaries()).map(({ id }) => id)).toEqual([own.id]);
    const made = await rig.db.client.botConfig.findFirstOrThrow({ where: { name: 'TELEGRAM_BOT_TOKEN' } });
    await call('DELETE', `/${made.id}`);
    await bootstrap(`77:${'c'.repeat(35)}`);
    expect(await rig.db.client.botConfig.count({ where: { deletedAt: null } })).toBe(1);
  });
});

describe('the bot of a target', () => {
  it('must be there: the primary one, or one of its platform', async () => {
    await rig.db.client.botConfig.deleteMany();
    const target = { kind: 'telegram', name: 't', address: { chat_id: -1 } };
    const create = (more: object = {}) => rig.call('POST', '/targets', { ...target, ...more });
    expect(await create()).toMatchObject({ status: 400, body: { errors: [{ path: 'body.bot_config_id' }] } });
    const unknown = { bot_config_id: '0199f0a0-0000-7000-8000-00000000000d' };
    expect(await create(unknown)).toMatchObject({ status: 400, body: { errors: [{ path: 'body.bot_config_id' }] } });
    const { id } = await rig.bot();
    const made = await create();
    expect(made).toMatchObject({ status: 201, body: { key: 'TG_CHANNEL_-1', bot_config_id: null } });
    const path = `/targets/${made.body.id}`;
    expect(await rig.call('PATCH', path, { bot_config_id: id })).toMatchObject({
      status: 200,
      body: { bot_config_id: id },
    });
    expect((await rig.call('PATCH', path, unknown)).status).toBe(400);
    expect(await rig.call('PATCH', path, { bot_config_id: null })).toMatchObject({ body: { bot_config_id: null } });
  });
});
