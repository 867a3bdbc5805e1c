import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { jpeg } from '../pictures/jpeg.ts';
import { png } from '../pictures/png.ts';
import { startSandbox, type Sandbox } from '../sandbox.ts';

let sandbox: Sandbox;
beforeAll(async () => {
  sandbox = await startSandbox();
});
afterEach(() => sandbox.reset());
afterAll(() => sandbox.stop());

const base = () => `${sandbox.url}/api.telegram.org`;
const chat = () => sandbox.telegram.channel;

async function call(method: string, body: Record<string, unknown> | FormData, token = sandbox.telegram.token) {
  const response = await fetch(`${base()}/bot${token}/${method}`, {
    method: 'POST',
    ...(body instanceof FormData
      ? { body }
      : { body: JSON.stringify(body), headers: { 'content-type': 'application/json' } }),
  });
  return { status: response.status, ...JSON.parse(await response.text()) };
}

function form(fields: Record<string, string | number>, files: Record<string, Buffer> = {}): FormData {
  const data = new FormData();
  for (const [name, value] of Object.entries(fields)) data.set(name, String(value));
  for (const [name, bytes] of Object.entries(files)) data.set(name, new Blob([new Uint8Array(bytes)]), `${name}.bin`);
  return data;
}

/** A PNG header of that size: the sides are read, not the pixels. */
function hollowPng(width: number, height: number): Buffer {
  const made = png(1, 1, 1);
  made.writeUInt32BE(width, 16);
  made.writeUInt32BE(height, 20);
  return made;
}

const sendPhoto = (bytes: Buffer, fields: Record<string, string | number> = {}) =>
  call('sendPhoto', form({ chat_id: chat(), ...fields }, { photo: bytes }));

describe('the Bot API of the sandbox', () => {
  it('knows its bot and no other', async () => {
    expect(await call('getMe', {})).toMatchObject({ ok: true, result: { is_bot: true, username: 'sandbox_bot' } });
    const unknown = '7000000002:AAE-not-a-bot-that-exists-0123456789';
    expect(await call('getMe', {}, unknown)).toEqual({
      status: 401,
      ok: false,
      error_code: 401,
      description: 'Unauthorized',
    });
    expect((await fetch(`${sandbox.url}/bot${sandbox.telegram.token}/getMe`)).status).toBe(200);
    expect(await call('dance', {})).toMatchObject({ status: 404, description: 'Not Found: method not found' });
  });

  it('keeps messages in order, numbered by chat, without markup', async () => {
    expect(await call('sendMessage', { chat_id: chat(), text: '<b>1</b> &lt; 2', parse_mode: 'HTML' })).toMatchObject({
      result: { message_id: 1, text: '1 < 2', entities: [{ type: 'bold', offset: 0, length: 1 }] },
    });
    await call('sendmessage', { chat_id: 42, text: 'other chat' });
    await call('sendMessage', { chat_id: '@sandbox_channel', text: 'by name' });
    expect(sandbox.telegram.messages.list(chat()).map(({ messageId, text }) => [messageId, text])).toEqual([
      [1, '1 < 2'],
      [2, 'by name'],
    ]);
  });

  it('counts UTF-16 units after the markup has been read', async () => {
    const full = `<b>${'🌊'.repeat(2_048)}</b>`;
    expect(await call('sendMessage', { chat_id: chat(), text: full, parse_mode: 'HTML' })).toMatchObject({ ok: true });
    expect(await call('sendMessage', { chat_id: chat(), text: `${full}x`, parse_mode: 'HTML' })).toMatchObject({
      status: 400,
      description: 'Bad Request: message is too long',
    });
    const picture = jpeg(64, 64, 1);
    expect(await sendPhoto(picture, { caption: '&amp;'.repeat(1_024), parse_mode: 'HTML' })).toMatchObject({
      ok: true,
    });
    expect(await sendPhoto(picture, { caption: 'x'.repeat(1_025) })).toMatchObject({
      description: 'Bad Request: message caption is too long',
    });
    expect(await call('sendMessage', { chat_id: chat(), text: ' <b> </b> ', parse_mode: 'HTML' })).toMatchObject({
      description: 'Bad Request: message text is empty',
    });
  });

  it.each([
    ['WebP', Buffer.from('UklGRhoAAABXRUJQVlA4TA0AAAAvAAAAEAcQERGIiP4HAA==', 'base64'), 'IMAGE_PROCESS_FAILED'],
    ['half a JPEG', jpeg(64, 64, 1).subarray(0, -20), 'IMAGE_PROCESS_FAILED'],
    ['nothing', Buffer.alloc(0), 'file must be non-empty'],
    ['10001 pixels around', hollowPng(5_000, 5_001), 'PHOTO_INVALID_DIMENSIONS'],
    ['a ratio above 20', hollowPng(2_001, 100), 'PHOTO_INVALID_DIMENSIONS'],
    [
      'more than 10 MB',
      Buffer.alloc(10_485_761, png(8, 8, 1)),
      'file of size 10485761 bytes is too big for a photo; the maximum size is 10485760 bytes',
    ],
  ])('refuses %s as a photo', async (_what, bytes, description) => {
    expect(await sendPhoto(bytes)).toMatchObject({ status: 400, description: `Bad Request: ${description}` });
    expect(sandbox.telegram.messages.list()).toEqual([]);
  });

  it('takes what just fits', async () => {
    expect(await sendPhoto(hollowPng(9_523, 477))).toMatchObject({ ok: true });
    expect(await call('sendDocument', form({ chat_id: chat() }, { document: Buffer.from('any bytes') }))).toMatchObject(
      {
        result: { document: { file_size: 9 } },
      },
    );
  });

  it('gives file ids that serve the same bot again, as the same kind, and nobody else', async () => {
    const first = await sendPhoto(png(320, 200, 7));
    const { file_id: id, width, height } = first.result.photo.at(-1);
    expect([width, height]).toEqual([320, 200]);
    expect(await call('sendPhoto', { chat_id: 42, photo: id })).toMatchObject({ ok: true });
    expect(sandbox.telegram.messages.list().map(({ file }) => file?.reused)).toEqual([false, true]);
    expect(await call('sendDocument', { chat_id: 42, document: id })).toMatchObject({
      description: "Bad Request: can't use file of type Photo as Document",
    });
    sandbox.telegram.bots.add('7000000002:AAE-another-bot-of-the-sandbox-01234', 'other_bot');
    expect(
      await call('sendPhoto', { chat_id: 42, photo: id }, '7000000002:AAE-another-bot-of-the-sandbox-01234'),
    ).toMatchObject({ description: 'Bad Request: wrong file identifier/HTTP URL specified' });
    expect(await call('sendPhoto', { chat_id: 42, photo: 'https://a.test/x.jpg' })).toMatchObject({
      description: 'Bad Request: failed to get HTTP URL content',
    });
  });

  it('sends albums of 2 to 10, whole or not at all', async () => {
    const album = (count: number, last = png(40, 30, 1)) => {
      const files = Object.fromEntries(
        Array.from({ length: count }, (_, index) => [`f${index}`, index === count - 1 ? last : png(40, 30, index)]),
      );
      const media = Object.keys(files).map((name) => ({ type: 'photo', media: `attach://${name}`, caption: name }));
      return call('sendMediaGroup', form({ chat_id: chat(), media: JSON.stringify(media) }, files));
    };
    for (const count of [1, 11]) expect(await album(count)).toMatchObject({ status: 400 });
    expect(await album(3, Buffer.from('no picture'))).toMatchObject({
      description: 'Bad Request: IMAGE_PROCESS_FAILED',
    });
    expect(sandbox.telegram.messages.list()).toEqual([]);
    const { result } = await album(10);
    expect(result.map(({ caption }: { caption: string }) => caption)).toEqual(
      Array.from({ length: 10 }, (_, index) => `f${index}`),
    );
    expect(new Set(result.map((message: { media_group_id: string }) => message.media_group_id)).size).toBe(1);
  });

  it.each([
    [-999, 400, 'Bad Request: chat not found'],
    ['', 400, 'Bad Request: chat_id is empty'],
    [-1001000000403, 403, 'Forbidden: bot was kicked from the channel chat'],
    [-1001000000404, 403, 'Forbidden: bot is not a member of the channel chat'],
    [43, 403, 'Forbidden: bot was blocked by the user'],
    [-1001000000400, 400, 'Bad Request: need administrator rights in the channel chat'],
  ])('chat %s answers %i', async (chatId, status, description) => {
    expect(await call('sendMessage', { chat_id: chatId, text: 'x' })).toEqual({
      ok: false,
      status,
      error_code: status,
      description,
    });
  });

  it('tells where a group has moved to', async () => {
    expect(await call('sendMessage', { chat_id: -500, text: 'x' })).toMatchObject({
      status: 400,
      parameters: { migrate_to_chat_id: -1001000000002 },
    });
  });

  it('limits the rate of a chat when told to, and only of that chat', async () => {
    sandbox.telegram.limit.rates = { chat: { messages: 2, seconds: 60 }, group: null, bot: null };
    const answers = [];
    for (let index = 0; index < 3; index++) answers.push(await call('sendMessage', { chat_id: chat(), text: 'x' }));
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 429]);
    const { retry_after: wait } = answers[2].parameters;
    expect(wait).toBeGreaterThan(0);
    expect(wait).toBeLessThanOrEqual(60);
    expect(answers[2].description).toBe(`Too Many Requests: retry after ${wait}`);
    expect(await call('sendMessage', { chat_id: 42, text: 'x' })).toMatchObject({ ok: true });
    expect(sandbox.telegram.refusals).toMatchObject([{ chatId: String(chat()), code: 429, retryAfter: wait }]);
  });

  it('limits groups and channels besides, and each bot over all its chats', async () => {
    const send = async (chat_id: number, token?: string) =>
      (await call('sendMessage', { chat_id, text: 'x' }, token)).status as number;
    sandbox.telegram.limit.rates = { chat: null, group: { messages: 1, seconds: 60 }, bot: null };
    expect([await send(42), await send(42), await send(chat()), await send(chat())]).toEqual([200, 200, 200, 429]);
    sandbox.telegram.limit.rates = { chat: null, group: null, bot: { messages: 2, seconds: 60 } };
    expect([await send(42), await send(chat()), await send(42)]).toEqual([200, 200, 429]);
    const { token } = sandbox.telegram.bots.add('7000000003:AAE-another-bot-of-the-sandbox-012', 'another_bot');
    expect(await send(42, token)).toBe(200);
  });

  it('edits and deletes what is there', async () => {
    await call('sendMessage', { chat_id: chat(), text: 'one' });
    const edit = { chat_id: chat(), message_id: 1, text: 'two' };
    expect(await call('editMessageText', edit)).toMatchObject({ result: { text: 'two' } });
    expect(await call('editMessageText', edit)).toMatchObject({
      description: expect.stringContaining('message is not modified'),
    });
    expect(await call('deleteMessage', { chat_id: chat(), message_id: 1 })).toMatchObject({ result: true });
    expect(await call('deleteMessage', { chat_id: chat(), message_id: 1 })).toMatchObject({
      description: 'Bad Request: message to delete not found',
    });
    expect(sandbox.telegram.messages.list()).toMatchObject([{ text: 'two', edits: 1, deleted: true }]);
  });

  it('hands out updates to one reader, from where it wants', async () => {
    const { updates } = sandbox.telegram.bots.byToken(sandbox.telegram.token);
    const first = updates.push({ message: { text: '/start' } });
    updates.push({ message: { text: '/help' } });
    const read = await call('getUpdates', { offset: first.update_id + 1 });
    expect(read.result).toMatchObject([{ message: { text: '/help' } }]);
    const waiting = call('getUpdates', { offset: first.update_id + 2, timeout: 30 });
    const another = call('getUpdates', { offset: first.update_id + 2, timeout: 30 });
    expect((await Promise.race([waiting, another])).description).toContain('Conflict: terminated by other getUpdates');
    updates.push({ message: { text: '/late' } });
    const late = await Promise.all([waiting, another]);
    expect(late.map(({ status }) => status).sort()).toEqual([200, 409]);
    await call('setWebhook', { url: 'https://bot.example.com/hook' });
    expect(await call('getUpdates', {})).toMatchObject({ status: 409 });
  });

  it.each([
    ['429:7', 429, { parameters: { retry_after: 7 } }],
    ['403', 403, { description: 'Forbidden' }],
    ['500', 500, { description: 'Internal Server Error' }],
  ])('words mode %s as the real thing does, and sends nothing', async (mode, status, expected) => {
    sandbox.spoil({ service: 'telegram', path: '/sendMessage', mode });
    expect(await call('sendMessage', { chat_id: chat(), text: 'x' })).toMatchObject({ status, ok: false, ...expected });
    expect(await call('getMe', {})).toMatchObject({ ok: true });
    expect(sandbox.telegram.messages.list()).toEqual([]);
  });
});
