import { afterAll, beforeAll, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { botToken, openTelegramRig, type TelegramRig } from '../../test/telegram-rig.ts';

// Many rounds on a real database, on whatever machine.
jest.setTimeout(120_000);

let rig: TelegramRig;
beforeAll(async () => {
  rig = await openTelegramRig();
  await rig.bot();
});
afterAll(() => rig.close());
beforeEach(async () => {
  rig.api.calls.length = 0;
  rig.api.taken.length = 0;
  rig.api.script = () => null;
  rig.api.onTaken = () => undefined;
  await rig.db.client.task.deleteMany();
  await rig.tasks.skipWaits();
});
const methods = () => rig.api.calls.map(({ method }) => method);

describe('a message for Telegram', () => {
  it('waits for its picture, which the vault renders, and goes as a photo with a caption: uploaded once, then by its id', async () => {
    const contentId = await rig.content(1, { title: 'R&D' });
    const [one, two] = [await rig.chat(), await rig.chat()];
    const { row } = await rig.push(one, contentId);
    expect(await rig.tasks.run()).toMatchObject([{ outcome: 'deferred', delayMs: 1_000 }]);
    expect(rig.api.calls).toEqual([]);
    expect(await rig.render()).toBe(1);
    await rig.tasks.runLater();
    expect(await row()).toMatchObject({ state: 'sent', parts: [{ messageId: '1', receipt: { pictures: 1 } }] });
    expect(rig.api.calls).toMatchObject([
      {
        method: 'sendPhoto',
        token: botToken,
        fields: { chat_id: '1', parse_mode: 'HTML', caption: expect.stringContaining('<b>R&amp;D</b>') },
        files: { file0: 72 },
      },
    ]);
    await rig.push(two, contentId);
    await rig.tasks.run();
    expect(rig.api.calls[1]).toMatchObject({
      method: 'sendPhoto',
      fields: { chat_id: '2', photo: 'file-1' },
      files: {},
    });
  });

  it('goes as an album where the settings ask for one, and as a text where there is no picture', async () => {
    const album = await rig.chat(undefined, { settings: { album: true, disable_notification: true } });
    await rig.deliver(album, await rig.content(12));
    await rig.deliver(await rig.chat({ chat_id: -100_1, message_thread_id: 7 }), await rig.content(0));
    expect(methods()).toEqual(['sendMediaGroup', 'sendMessage']);
    const [group, text] = rig.api.calls;
    const media = JSON.parse(String(group?.fields.media)) as { media: string; caption?: string }[];
    expect(media.map((item) => [item.media, item.caption !== undefined])).toEqual(
      Array.from({ length: 10 }, (_, index) => [`attach://file${index}`, index === 0]),
    );
    expect(group?.fields.disable_notification).toBe('true');
    expect(Object.keys(group?.files ?? {})).toHaveLength(10);
    expect(text?.fields).toMatchObject({ chat_id: '-1001', message_thread_id: 7, parse_mode: 'HTML' });
  });

  it('goes without a picture that cannot be had', async () => {
    const contentId = await rig.content(1);
    const { row } = await rig.push(await rig.chat(), contentId);
    await rig.tasks.run();
    const [task] = await rig.db.client.task.findMany({ where: { name: 'media.render' } });
    if (!task) throw new Error('no picture was asked for');
    await rig.db.client.$executeRaw`
      INSERT INTO dead_letters (id, task_id, name, queue, payload, dedupe_key, content_id, reason, error_type, error, detail, attempts, fingerprint)
      SELECT id, id, name, queue, payload, dedupe_key, content_id, 'non_retryable', 'BadPayload', 'broken', '{}', 1, 'x' FROM tasks WHERE id = ${task.id}::uuid`;
    await rig.db.client.task.delete({ where: { id: task.id } });
    await rig.tasks.runLater();
    expect(methods()).toEqual(['sendMessage']);
    expect(await row()).toMatchObject({ state: 'sent' });
  });

  it('goes without a picture that is not made within ten minutes', async () => {
    const { row } = await rig.push(await rig.chat(), await rig.content(1));
    await rig.tasks.run();
    await rig.db.client
      .$executeRaw`UPDATE tasks SET created_at = now() - interval '11 minutes' WHERE name = 'media.render'`;
    await rig.tasks.runLater();
    expect(await row()).toMatchObject({ state: 'sent', parts: [{ receipt: { pictures: 0 } }] });
  });

  it('of many generated contents each is taken, once', async () => {
    const target = await rig.chat();
    const hostile = ['<b>', '&amp;', '👨‍👩‍👧‍👦', 'שלום', 'e\u0301', '"', '\n\n'];
    for (let index = 0; index < 40; index++) {
      const text = hostile
        .map((_, at) => hostile[(at * index) % hostile.length])
        .join('')
        .repeat(1 + index * 20);
      await rig.push(target, await rig.content(0, { title: text.slice(0, 500), body_text: text }));
    }
    for (let round = 0; round < 60 && (await rig.db.client.task.count()) > 0; round++) await rig.tasks.runLater();
    expect(rig.api.taken).toHaveLength(40);
    expect(await rig.db.client.delivery.count({ where: { targetId: target.id, state: 'sent' } })).toBe(40);
  });
});

describe('what Telegram refuses', () => {
  const once = (code: number, description: string, parameters?: object) => {
    rig.api.script = () =>
      rig.api.calls.length === 1 ? { code, description, ...(parameters && { parameters }) } : null;
  };

  it('goes once more as plain text when the markup is refused', async () => {
    once(400, "Bad Request: can't parse entities: unexpected end of tag");
    const { row } = await rig.deliver(await rig.chat(), await rig.content(0, { title: 'a < b' }));
    expect(rig.api.calls[1]?.fields.parse_mode).toBeUndefined();
    expect(rig.api.calls[1]?.fields.text).toContain('a < b');
    expect(await row()).toMatchObject({ state: 'sent', parts: [{ attempts: 1, receipt: { degraded: ['plain'] } }] });
  });

  it('goes as its first picture, then as a text, when pictures are refused', async () => {
    rig.api.script = ({ method }) =>
      method === 'sendMessage' ? null : { code: 400, description: 'Bad Request: PHOTO_INVALID_DIMENSIONS' };
    const target = await rig.chat(undefined, { settings: { album: true } });
    const { row } = await rig.deliver(target, await rig.content(3));
    expect(methods()).toEqual(['sendMediaGroup', 'sendPhoto', 'sendMessage']);
    expect(await row()).toMatchObject({ state: 'sent', parts: [{ receipt: { pictures: 0 } }] });
  });

  it('goes as its first picture when the album is refused as a whole, once, and the receipt says so', async () => {
    rig.api.script = ({ method }) =>
      method === 'sendMediaGroup' ? { code: 400, description: 'Bad Request: group send failed' } : null;
    const target = await rig.chat(undefined, { settings: { album: true } });
    const { row } = await rig.deliver(target, await rig.content(3));
    expect(methods()).toEqual(['sendMediaGroup', 'sendPhoto']);
    expect(rig.api.taken).toHaveLength(1);
    expect(await row()).toMatchObject({
      state: 'sent',
      parts: [{ attempts: 1, receipt: { pictures: 1, degraded: ['simpler'], message_ids: ['1'] } }],
    });
  });

  it('goes as a text when the album and its first picture are refused', async () => {
    rig.api.script = ({ method }) => {
      if (method === 'sendMessage') return null;
      const album = method === 'sendMediaGroup';
      return { code: 400, description: album ? 'Bad Request: group send failed' : 'Bad Request: IMAGE_PROCESS_FAILED' };
    };
    const target = await rig.chat(undefined, { settings: { album: true } });
    const { row } = await rig.deliver(target, await rig.content(2));
    expect(methods()).toEqual(['sendMediaGroup', 'sendPhoto', 'sendMessage']);
    expect(rig.api.taken).toHaveLength(1);
    expect(await row()).toMatchObject({
      state: 'sent',
      parts: [{ receipt: { pictures: 0, degraded: ['simpler', 'simpler'] } }],
    });
  });

  it('stays in doubt when an album stopped half-way: no other form of it is sent', async () => {
    rig.api.script = ({ method }) =>
      method === 'sendMediaGroup'
        ? {
            code: 400,
            description: 'Bad Request: failed to send message #2 with the error message "IMAGE_PROCESS_FAILED"',
          }
        : null;
    const target = await rig.chat(undefined, { settings: { album: true } });
    const { row } = await rig.deliver(target, await rig.content(3));
    expect(methods()).toEqual(['sendMediaGroup']);
    expect(await row()).toMatchObject({ state: 'unconfirmed' });
  });

  it('is uploaded anew when the service has dropped the file', async () => {
    const contentId = await rig.content(1);
    await rig.deliver(await rig.chat(), contentId);
    rig.api.script = ({ fields }) =>
      fields.photo === 'attach://file0'
        ? null
        : { code: 400, description: 'Bad Request: wrong file identifier/HTTP URL specified' };
    const { row } = await rig.deliver(await rig.chat(), contentId);
    expect(rig.api.calls.slice(1).map(({ files }) => Object.keys(files).length)).toEqual([0, 1]);
    expect(await row()).toMatchObject({ state: 'sent' });
  });

  it('follows a group that has become a supergroup, and the target has its new address', async () => {
    const target = await rig.chat({ chat_id: -55 });
    once(400, 'Bad Request: group chat was upgraded to a supergroup chat', { migrate_to_chat_id: -100_55 });
    const { row } = await rig.deliver(target, await rig.content(0));
    expect(rig.api.calls.map(({ fields }) => fields.chat_id)).toEqual(['-55', '-10055']);
    expect(await row()).toMatchObject({ state: 'sent' });
    expect((await rig.call('GET', `/targets/${target.id}`)).body).toMatchObject({
      key: 'TG_CHANNEL_-10055',
      address: { chat_id: '-10055' },
    });
  });

  it('P6: "too many" waits as told, spends no try, and delays no other chat', async () => {
    const [slow, other] = [await rig.chat(), await rig.chat()];
    rig.api.script = ({ fields }) =>
      fields.chat_id === (slow as unknown as { address: { chat_id: string } }).address.chat_id
        ? { code: 429, description: 'Too Many Requests: retry after 7', parameters: { retry_after: 7 } }
        : null;
    const pushed = await rig.push(slow, await rig.content(0));
    expect(await rig.tasks.run()).toMatchObject([{ outcome: 'deferred', delayMs: 7_000 }]);
    const [task] = await rig.db.client.task.findMany({ where: { name: 'delivery.send' } });
    expect(task?.failures).toBe(0);
    const quick = await rig.deliver(other, await rig.content(0));
    expect(await quick.row()).toMatchObject({ state: 'sent' });
    rig.api.script = () => null;
    await rig.tasks.runLater();
    expect(await pushed.row()).toMatchObject({ state: 'sent' });
  });

  it('P19: a bot that was thrown out ends each delivery, and with the third one its target is disabled', async () => {
    const target = await rig.chat();
    rig.api.script = () => ({ code: 403, description: 'Forbidden: bot was kicked from the channel chat' });
    for (let round = 0; round < 3; round++) await rig.deliver(target, await rig.content(0));
    expect(rig.api.calls).toHaveLength(3);
    expect((await rig.call('GET', `/targets/${target.id}`)).body).toMatchObject({
      enabled: false,
      health: { disabled_reason: 'access_denied' },
    });
  });

  it('5xx in its own words is tried again', async () => {
    once(500, 'Internal Server Error');
    const { row } = await rig.push(await rig.chat(), await rig.content(0));
    expect(await rig.tasks.run()).toMatchObject([{ outcome: 'retried', error: { name: 'UpstreamError' } }]);
    await rig.tasks.runLater();
    expect(await row()).toMatchObject({ state: 'sent' });
  });
});

describe('its pace', () => {
  it('P7: to a group one message a second and twenty a minute, an album counting for each of its pictures', async () => {
    const settings = { album: true };
    const target = await rig.chat({ chat_id: -777 }, { settings });
    const counts = [10, ...Array.from({ length: 24 }, () => 1)];
    for (const count of counts) {
      const contentId = await rig.content(count === 1 ? 0 : count);
      await rig.push(target, contentId);
      await rig.tasks.pass();
      if ((await rig.render()) > 0) await rig.db.client.$executeRaw`UPDATE tasks SET run_at = now()`;
      await rig.tasks.pass();
    }
    // What comes after it waits; on a slow machine, some of it has had its turn by now.
    expect(methods()[0]).toBe('sendMediaGroup');
    const rows = await rig.db.client.delivery.findMany({
      where: { targetId: target.id },
      orderBy: { id: 'asc' },
      include: { parts: true },
    });
    const times = rows.map(({ notBefore, parts }) => notBefore ?? parts[0]?.claimedAt ?? new Date(NaN)).map(Number);
    expect(times).toEqual([...times].sort((one, other) => one - other));
    const within = (from: number, ms: number): number =>
      times.reduce((sum, time, index) => (time >= from && time < from + ms ? sum + (counts[index] ?? 0) : sum), 0);
    for (const time of times) expect(within(time, 59_900)).toBeLessThanOrEqual(20);
    for (const time of times.slice(1)) expect(within(time, 950)).toBeLessThanOrEqual(1);
  });
});

describe('what may have been sent', () => {
  it('P2: a lost answer leaves the message unconfirmed: never sent again, however often the task runs', async () => {
    const target = await rig.chat();
    for (let round = 0; round < 5; round++) {
      rig.api.script = () => 'reset';
      const { row } = await rig.push(target, await rig.content(0));
      await rig.tasks.runLater();
      rig.api.script = () => null;
      await rig.tasks.runLater();
      expect(await row()).toMatchObject({ state: 'unconfirmed', lastErrorType: 'OutcomeUnknown' });
    }
    expect(rig.api.taken).toHaveLength(5);
  });

  it('P4: a crash between the call and its receipt leaves the message unconfirmed: 20 of 20, none sent again', async () => {
    const target = await rig.chat();
    for (let round = 0; round < 20; round++) {
      const { row } = await rig.push(target, await rig.content(0));
      await rig.tasks.skipWaits();
      const crash = new AbortController();
      rig.api.onTaken = () => crash.abort(new Error('the process was killed'));
      await rig.tasks.runOne(await rig.tasks.claimOne(), crash.signal);
      rig.api.onTaken = () => undefined;
      for (let again = 0; again < 2; again++) await rig.tasks.runLater();
      expect(await row()).toMatchObject({ state: 'unconfirmed', parts: [{ state: 'unconfirmed', attempts: 1 }] });
    }
    expect(rig.api.taken).toHaveLength(20);
  });

  it('P3: under the policy "resend" it is sent again and says so', async () => {
    const { row } = await rig.push(
      await rig.chat(undefined, { settings: { in_doubt: 'resend' } }),
      await rig.content(0),
    );
    rig.api.script = () => 'reset';
    await rig.tasks.run();
    rig.api.script = () => null;
    await rig.tasks.runLater();
    expect(await row()).toMatchObject({ state: 'sent', parts: [{ receipt: { possibly_repeated: true } }] });
  });

  it('an answer of a gateway that lost the real one is no answer', async () => {
    rig.answer((_, response) => response.writeHead(502).end('<html>Bad Gateway</html>'));
    const { row } = await rig.push(await rig.chat(), await rig.content(0));
    await rig.tasks.run();
    rig.answer(rig.api.listener);
    expect(await row()).toMatchObject({ state: 'unconfirmed' });
  });
});

describe('the bot of a target', () => {
  it('P20: a refused token disables the bot, holds its messages without blaming the target, and a new token lets them go', async () => {
    const { id } = await rig.bot({ name: 'second', is_primary: false });
    const target = await rig.chat(undefined, { bot_config_id: id });
    rig.api.script = ({ token }) => (token === botToken ? { code: 401, description: 'Unauthorized' } : null);
    const [one, two] = [await rig.push(target, await rig.content(0)), await rig.push(target, await rig.content(0))];
    for (let round = 0; round < 3; round++) await rig.tasks.runLater();
    expect(rig.api.calls).toHaveLength(1);
    for (const { row } of [one, two]) expect(await row()).toMatchObject({ state: 'held', reason: 'bot_unavailable' });
    expect((await rig.call('GET', `/bot-config/${id}`, undefined, 'admin')).body).toMatchObject({
      enabled: false,
      disabled_reason: 'unauthorized',
    });
    expect((await rig.call('GET', `/targets/${target.id}`)).body).toMatchObject({ enabled: true });
    expect((await rig.call('POST', `/targets/${target.id}/test`)).body).toMatchObject({ ok: false });
    const fresh = `123456:${'z'.repeat(35)}`;
    await rig.call('PATCH', `/bot-config/${id}`, { bot_token: fresh }, 'admin');
    for (let round = 0; round < 3; round++) await rig.tasks.runLater();
    for (const { row } of [one, two]) expect(await row()).toMatchObject({ state: 'sent' });
    const told = JSON.stringify([
      await rig.db.client.delivery.findMany({ include: { parts: true } }),
      await rig.db.client.target.findMany(),
      await rig.db.client.$queryRaw`SELECT payload FROM events`,
      await rig.db.client.botConfig.findMany(),
    ]);
    for (const token of [botToken, fresh]) expect(told).not.toContain(token.slice(7));
  });

  it('is asked who it is and whether it sees the chat by a test, which sends nothing', async () => {
    const target = await rig.chat();
    expect((await rig.call('POST', `/targets/${target.id}/test`)).body).toEqual({
      ok: true,
      detail: '@a_bot reaches the channel A channel',
    });
    rig.api.script = ({ method }) =>
      method === 'getChat' ? { code: 400, description: 'Bad Request: chat not found' } : null;
    expect((await rig.call('POST', `/targets/${target.id}/test`)).body).toMatchObject({ ok: false });
    expect(rig.api.taken).toEqual([]);
  });
});
