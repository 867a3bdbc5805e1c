import { rmSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { publishedRates, startSandbox, type Sandbox, type SentMessage } from '@vaultstream/sandbox';
import { eventually } from '@vaultstream/testing';
import { newDataDir } from './support/data-dir.ts';
import { generatePages, type GeneratedPage } from './support/generated-pages.ts';
import { GeneratedSite } from './support/generated-site.ts';
import { readLedger, type LedgerRow } from './support/ledger.ts';
import { Product, type ProductOptions } from './support/product.ts';

const count = 1_000;
const seed = 20_261_122;
/** PUSH_CONCURRENCY, as it is unless somebody changes it. */
const concurrency = 8;
/** Calls to one chat that may be under way at once: a quarter of all (runtime's FairSlots). */
const callsPerChat = concurrency / 4;
/**
 * How each life ends: in the middle of whatever is under way, or once so many calls have arrived and are not answered, with and without
 * their effect.
 */
const ends = [
  null,
  'timeout-after',
  'timeout-before',
  null,
  'timeout-after',
  null,
  'timeout-before',
  'timeout-after',
  null,
];
const unanswered = 3;
const patience = { timeoutMs: 240_000, intervalMs: 50 };

const people = Array.from({ length: 30 }, (_, index) => 1_001 + index);
const albumChats = Array.from({ length: 5 }, (_, index) => 2_001 + index);
const isAlbum = (index: number): boolean => index % 33 === 16;

/** The whole way of 1,000 pages nobody wrote, to 36 chats at the rates that Telegram publishes, with a process that is killed nine times. */
describe('a thousand generated contents on Telegram', () => {
  const dataDir = newDataDir();
  const pages = generatePages(count, seed, isAlbum);
  const pageOf = new Map<number, GeneratedPage>();
  const chatOf = new Map<string, number>();
  /** When each life ended: milliseconds since the epoch. */
  const deaths: number[] = [];
  let sandbox: Sandbox;
  let site: GeneratedSite;
  let product: Product;
  let options: ProductOptions;
  let rows: LedgerRow[];

  /** Channels take 20 a minute, an album counts for each of its pictures: both get fewer. */
  function chatFor({ index }: GeneratedPage): number {
    if (index % 66 === 0) return sandbox.telegram.channel;
    const chats = isAlbum(index) ? albumChats : people;
    return chats[Math.floor(isAlbum(index) ? index / 33 : index) % chats.length] ?? 0;
  }

  /** A target for each chat, and a rule that sends there what bears its tag. */
  async function makeChats(): Promise<void> {
    for (const chat of [sandbox.telegram.channel, ...people, ...albumChats]) {
      if (chat > 0) sandbox.telegram.chats.set({ id: chat, type: 'private', title: 'Somebody', state: 'member' });
      const target = await product.call('POST', '/api/v1/targets', {
        kind: 'telegram',
        name: `chat ${chat}`,
        address: { chat_id: chat },
        settings: { album: albumChats.includes(chat) },
      });
      chatOf.set(target.body.id as string, chat);
      const rule = { name: `to ${chat}`, match: { tags_any: [`chat${chat}`] }, target_ids: [target.body.id] };
      expect((await product.call('POST', '/api/v1/rules', rule)).status).toBe(201);
    }
  }

  async function shareAll(): Promise<void> {
    for (let first = 0; first < count; first += 25) {
      const batch = pages.slice(first, first + 25);
      const shares = batch.map((page) => ({ url: site.url(page), tags: [`chat${chatFor(page)}`] }));
      // On a busy machine a batch may be put off; whoever shares shares again.
      await eventually(async () => {
        const { body } = await product.call('POST', '/api/v1/shares/batch', { shares });
        expect(body).toMatchObject({ results: batch.map(() => ({ content_id: expect.any(Number) })) });
        for (const [index, page] of batch.entries()) pageOf.set(body.results[index].content_id as number, page);
      }, patience);
    }
  }

  /** What arrived unanswered in this error mode. */
  const spoilt = (mode?: string) =>
    sandbox.journal
      .list({ service: 'telegram' })
      .filter((entry) => entry.mode !== null && (mode === undefined || entry.mode.startsWith(mode)));

  async function liveAndDie(end: string | null): Promise<void> {
    if (end !== null) {
      const before = spoilt().length;
      sandbox.spoil({ service: 'telegram', path: '/send', mode: `${end}x${unanswered}` });
      await eventually(() => spoilt().length === before + unanswered, patience);
    }
    await (deaths.length % 2 === 0 ? product.kill() : product.killTree());
    deaths.push(Date.now());
    sandbox.heal();
    product = await Product.start(options);
  }

  beforeAll(async () => {
    [sandbox, site] = await Promise.all([startSandbox(), GeneratedSite.start(pages)]);
    sandbox.telegram.limit.rates = publishedRates;
    options = {
      dataDir,
      env: {
        FETCH_HOST_OVERRIDES: `${sandbox.hosts},${GeneratedSite.host}=${site.baseUrl}`,
        TELEGRAM_BOT_TOKEN: sandbox.telegram.token,
        PUSH_CONCURRENCY: String(concurrency),
        LOG_LEVEL: 'warn',
        API_RATE_LIMIT: '0',
      },
    };
    product = await Product.start(options);
    await makeChats();
    await shareAll();
    for (const [life, end] of ends.entries()) {
      const due = ((life + 1) * count) / (ends.length + 1);
      await eventually(() => marked(sandbox.telegram.messages.list()).size >= due - unanswered * life, patience);
      await liveAndDie(end);
    }
    await eventually(
      async () => {
        const { body } = await product.call('GET', '/health');
        expect(body.queue_size).toBe(0);
        for (const status of ['planned', 'held', 'sending'])
          expect([status, await readLedger(product, status)]).toEqual([status, []]);
      },
      { ...patience, intervalMs: 500 },
    );
    rows = await readLedger(product);
  }, 600_000);

  afterAll(async () => {
    await Promise.allSettled([sandbox.stop(), site.stop(), product.stop()]);
    rmSync(dataDir, { recursive: true, force: true });
  }, 60_000);

  /** The messages of a row: one, or the items of an album. None: it did not arrive. */
  const messagesOf = (all: Map<string, SentMessage[]>, row: LedgerRow) =>
    all.get(`${chatOf.get(row.target_id)} ${pageOf.get(row.content_id)?.marker}`) ?? [];

  it('P1: each content has one row in the ledger, sent or unconfirmed; none is stuck, dead or lost', async () => {
    expect(pageOf.size).toBe(count);
    expect(rows.map(({ content_id }) => content_id).sort((a, b) => a - b)).toEqual(
      [...pageOf.keys()].sort((a, b) => a - b),
    );
    for (const row of rows) {
      const page = pageOf.get(row.content_id);
      expect(chatOf.get(row.target_id)).toBe(page && chatFor(page));
    }
    expect(new Set(rows.map(({ status }) => status))).toEqual(new Set(['sent', 'unconfirmed']));
    expect((await product.call('GET', '/api/v1/dead-letters')).body.items).toEqual([]);
  });

  it('P1: killed nine times, no chat has a content twice, and the ledger tells of each message that is there', () => {
    const all = marked(sandbox.telegram.messages.list());
    const twice = [...all].filter(([, messages]) => new Set(messages.map(groupOf)).size > 1);
    expect(twice).toEqual([]);
    for (const row of rows.filter(({ status }) => status === 'sent')) {
      const [part, ...others] = row.parts;
      const messages = messagesOf(all, row);
      expect(others).toEqual([]);
      expect(part?.message_id).toBe(String(messages[0]?.messageId));
      expect(messages).toHaveLength(Math.max(1, part?.receipt?.pictures ?? 0));
    }
    // Nothing arrived that no row tells of.
    const told = new Set(rows.flatMap((row) => messagesOf(all, row)));
    expect(sandbox.telegram.messages.list().filter((message) => !told.has(message))).toEqual([]);
  });

  it('P4: what was killed between its call and its receipt is unconfirmed, arrived once or not at all', () => {
    const doubtful = rows.filter(({ status }) => status === 'unconfirmed');
    expect(doubtful.length).toBeGreaterThanOrEqual(spoilt().length);
    expect(doubtful.length).toBeLessThanOrEqual(deaths.length * concurrency);
    expect(spoilt()).toHaveLength(unanswered * ends.filter((end) => end !== null).length);
    for (const row of doubtful) {
      // On a slow machine a call that is never answered may end by itself before the kill.
      expect(row.last_error_type).toMatch(/^(?:Interrupted|OutcomeUnknown)$/);
      expect(row.parts).toMatchObject([{ status: 'unconfirmed', message_id: null }]);
    }
    const all = marked(sandbox.telegram.messages.list());
    const arrived = doubtful.filter((row) => messagesOf(all, row).length > 0);
    expect(arrived.length).toBeGreaterThanOrEqual(spoilt().filter(({ effect }) => effect).length);
    expect(doubtful.length - arrived.length).toBeGreaterThanOrEqual(spoilt().filter(({ effect }) => !effect).length);
  });

  it('P18: long, from right to left, emoji, markup or many pictures: none is refused, none is sent in another form', () => {
    expect(sandbox.telegram.refusals.filter(({ code }) => code !== 429)).toEqual([]);
    const statuses = sandbox.journal.list({ service: 'telegram' }).map(({ status }) => status);
    expect(new Set(statuses.filter((status) => status !== null && status !== 429))).toEqual(new Set([200]));
    for (const { content_id, parts, status, target_id } of rows.filter((row) => row.status === 'sent')) {
      const receipt = parts[0]?.receipt;
      const most = albumChats.includes(chatOf.get(target_id) ?? 0) ? 10 : 1;
      const pictures = Math.min(most, pageOf.get(content_id)?.pictures.length ?? 0);
      expect({ content_id, status, degraded: receipt?.degraded, pictures: receipt?.pictures }).toEqual({
        content_id,
        status,
        pictures,
      });
    }
  });

  it('P6, P7: keeps the published rates for the most part by itself, and waits as told where it did not', () => {
    const { refusals, messages } = sandbox.telegram;
    for (const { at, chatId, retryAfter } of refusals) {
      const until = at + (retryAfter ?? 0) * 1_000;
      // A life that ended meanwhile may have ended before it wrote down what it was told.
      if (deaths.some((death) => death >= at && death <= until)) continue;
      const early = messages.list(Number(chatId)).filter((message) => message.at > at && message.at < until);
      const again = refusals.filter((other) => other.chatId === chatId && other.at > at && other.at < until);
      // One that was under way to the same chat cannot know of it.
      expect(early.length + again.length).toBeLessThan(callsPerChat);
    }
    // Places are kept by the clock: what is held up on its way comes too close to the next. By far the most do not.
    expect(refusals.length).toBeLessThan(count / 3);
  });
});

/** Messages by chat and by the marker of their page; the items of an album go with the one that bears the text. */
function marked(messages: readonly SentMessage[]): Map<string, SentMessage[]> {
  const markers = new Map(
    messages.flatMap((message) => {
      const [marker] = /^⟦\d{4}⟧/.exec(message.text) ?? [];
      return marker === undefined ? [] : [[groupOf(message), marker]];
    }),
  );
  return Map.groupBy(messages, (message) => `${message.chatId} ${markers.get(groupOf(message))}`);
}

/** What was sent by one call. */
const groupOf = ({ seq, mediaGroupId }: SentMessage): string => mediaGroupId ?? `message ${seq}`;
