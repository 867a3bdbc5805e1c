import { afterAll, beforeAll, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { GuardedHttp } from '@vaultstream/runtime';
import { startSandbox, type Sandbox } from '@vaultstream/sandbox';
import fc from 'fast-check';
import { contentView } from '../../test/contents.ts';
import { generatedContents } from '../../test/generated-contents.ts';
import { tinyJpeg } from '../../test/tiny-jpeg.ts';
import type { PlannedPart, SendContext } from '../target.ts';
import { telegram } from './telegram.ts';

// A thousand calls, on whatever machine.
jest.setTimeout(120_000);

let sandbox: Sandbox;
let http: GuardedHttp;
const known = new Map<string, string>();
beforeAll(async () => {
  sandbox = await startSandbox();
  const base = new URL(`${sandbox.url}/api.telegram.org`);
  http = new GuardedHttp({ hostOverrides: new Map([['api.telegram.org', base]]) });
});
afterAll(async () => {
  await http.close();
  await sandbox.stop();
});
beforeEach(() => {
  sandbox.reset();
  known.clear();
});

const contextOf = (chat_id: number): SendContext => ({
  http,
  address: { chat_id: String(chat_id) },
  bot: { id: 'b', token: sandbox.telegram.token },
  signal: AbortSignal.timeout(60_000),
  readFile: async () => tinyJpeg,
  knownFile: async ({ key }) => known.get(key) ?? null,
});

function plan(content = contentView(), count = 0, more: object = {}): PlannedPart {
  const key = (index: number) => `blobs/sha256/aa/bb/${index}.jpg`;
  const pictures = Array.from({ length: count }, (_, index) => ({ mediaId: '', key: key(index), mime: 'image/jpeg' }));
  const settings = { album: count > 1, ...more };
  const [part] = telegram.plan(content, { deliveryId: 'd', targetKey: 'k', settings, pictures, now: new Date(0) });
  if (!part) throw new Error('nothing was planned');
  return part;
}

async function send(part: PlannedPart, chat = sandbox.telegram.channel) {
  const receipt = await telegram.send({ ...part, id: 'p' }, contextOf(chat));
  for (const { key, fileId } of receipt.files ?? []) known.set(key, fileId);
  return receipt;
}

describe('a Bot API that keeps to its limits', () => {
  it('P18: takes each of 1,000 generated contents as it was planned, with none to twelve pictures', async () => {
    const cases = fc.sample(fc.tuple(generatedContents, fc.integer({ min: 0, max: 12 }), fc.boolean()), 1_000);
    for (const [parts, count, is_nsfw] of cases) {
      const part = plan(contentView({ ...parts, is_nsfw }), count);
      const receipt = await send(part);
      expect(receipt.detail).toMatchObject({ pictures: part.files.length });
      expect(receipt.detail).not.toHaveProperty('degraded');
    }
    const expected = cases.reduce((sum, [, count]) => sum + Math.min(Math.max(count, 1), 10), 0);
    expect(sandbox.telegram.messages.list()).toHaveLength(expected);
  });

  it('takes a picture once, and knows it again by its id', async () => {
    await send(plan(contentView(), 3));
    const [uploaded] = sandbox.journal.list({ path: '/sendMediaGroup' });
    await send(plan(contentView(), 3));
    const again = sandbox.journal.list({ path: '/sendMediaGroup' })[1];
    expect(uploaded?.bytes).toBeGreaterThan(3 * tinyJpeg.length);
    expect(again?.bytes).toBeLessThan(uploaded?.bytes ?? 0);
    known.set('blobs/sha256/aa/bb/0.jpg', 'AgACAgIAAxkBAAIBY2');
    expect((await send(plan(contentView(), 1))).detail).toEqual(
      expect.not.objectContaining({ degraded: expect.anything() }),
    );
    expect(sandbox.telegram.messages.list().at(-1)?.file).not.toBeNull();
  });

  it.each([
    [-1001000000403, 'AccessDenied', 403],
    [-1001000000404, 'AccessDenied', 403],
    [-1001000000400, 'AccessDenied', 403],
    [43, 'AccessDenied', 403],
    [-9, 'NotFound', 404],
  ])('refuses the chat %i, which is no doubt', async (chat, name, status) => {
    await expect(send(plan(), chat)).rejects.toMatchObject({ name, status });
    expect(sandbox.telegram.messages.list()).toEqual([]);
  });

  it('says where a group has moved to, and the message follows', async () => {
    expect(await send(plan(), -500)).toMatchObject({ movedTo: { chat_id: '-1001000000002' } });
    expect(sandbox.telegram.messages.list()).toMatchObject([{ chatId: -1001000000002 }]);
  });

  it.each([
    ['429:7', { name: 'RateLimited', retryAfterMs: 7_000 }],
    ['500', { name: 'UpstreamError' }],
    ['401', { name: 'AccessDenied', status: 401 }],
  ])('answers %s, and nothing was sent', async (mode, error) => {
    sandbox.spoil({ service: 'telegram', mode });
    await expect(send(plan())).rejects.toMatchObject(error);
    expect(sandbox.telegram.messages.list()).toEqual([]);
  });

  it.each(['reset-after', 'cut-body', 'wrong-type'])(
    'P2: leaves in doubt what it took and did not say (%s)',
    async (mode) => {
      sandbox.spoil({ service: 'telegram', mode });
      await expect(send(plan())).rejects.toMatchObject({ name: 'OutcomeUnknown' });
      expect(sandbox.telegram.messages.list()).toHaveLength(1);
    },
  );

  it('is surely not reached when nobody listens, and never named with its token', async () => {
    const nowhere = new GuardedHttp({ hostOverrides: new Map([['api.telegram.org', new URL('http://127.0.0.1:1')]]) });
    const sending = telegram.send({ ...plan(), id: 'p' }, { ...contextOf(1), http: nowhere });
    const error: unknown = await sending.catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ name: 'NetworkError', sent: false });
    expect(JSON.stringify([error, String(error), (error as Error).stack])).not.toContain(
      sandbox.telegram.token.slice(12),
    );
    await nowhere.close();
  });
});
