import { z } from 'zod';
import { json, type Answer, type ControlAction, type Exchange, type Service } from '../server/service.ts';
import { Bots } from './bots.ts';
import { Chats, chatStates } from './chats.ts';
import { defaultBot, defaultChannel, defaultChats } from './defaults.ts';
import { Files } from './files.ts';
import { readForm, type Form } from './form.ts';
import { Messages } from './messages.ts';
import { methods } from './methods/index.ts';
import { RateLimit } from './rate-limit.ts';
import { Refusal } from './refusal.ts';

const botSchema = z.strictObject({
  token: z.string().regex(/^\d+:[\w-]{30,}$/),
  username: z.string().default('a_bot'),
});
const chatSchema = z.strictObject({
  id: z.int(),
  type: z.enum(['private', 'group', 'supergroup', 'channel']).default('channel'),
  title: z.string().default('A chat'),
  username: z.string().optional(),
  state: z.enum(chatStates).default('member'),
  migratedTo: z.int().optional(),
});
const rateSchema = z.strictObject({ messages: z.int().positive(), seconds: z.number().positive() }).nullable();
const ratesSchema = z.strictObject({
  chat: rateSchema.default(null),
  group: rateSchema.default(null),
  bot: rateSchema.default(null),
});
const updateSchema = z.strictObject({ token: z.string().default(defaultBot.token), update: z.looseObject({}) });
const phrases: Readonly<Record<number, string>> = { 401: 'Unauthorized', 403: 'Forbidden', 404: 'Not Found' };

/** A call that was answered with an error; those of an error mode are not among them. */
export interface TelegramRefusal {
  /** Milliseconds since the epoch. */
  at: number;
  method: string;
  /** As the call wrote it; null when it named none. */
  chatId: string | null;
  code: number;
  description: string;
  /** Seconds; of 429. */
  retryAfter: number | null;
}

/** The Bot API with its real limits and its real words. It remembers every message in order. */
export class Telegram implements Service {
  readonly name = 'telegram';
  readonly hosts = ['api.telegram.org'];
  /** Of the bot that is there from the beginning. */
  readonly token: string = defaultBot.token;
  /** A channel that it may write to. */
  readonly channel: number = defaultChannel;
  readonly bots = new Bots([defaultBot]);
  readonly chats = new Chats(defaultChats);
  readonly messages = new Messages();
  readonly limit = new RateLimit();
  readonly #files = new Files();
  #refusals: TelegramRefusal[] = [];

  readonly control: Readonly<Record<string, ControlAction>> = {
    'GET messages': (_body, query) => ({
      messages: this.messages.list(query.has('chat_id') ? Number(query.get('chat_id')) : undefined),
    }),
    'GET chats': () => ({ token: this.token, channel: this.channel, chats: this.chats.list() }),
    'POST chats': (body) => this.chats.set(chatSchema.parse(body)),
    'POST bots': (body) => {
      const { token, username } = botSchema.parse(body);
      this.bots.add(token, username);
    },
    'DELETE bots': (body) => this.bots.remove(botSchema.parse(body).token),
    'GET refusals': () => ({ refusals: this.#refusals }),
    'POST rates': (body) => {
      this.limit.rates = ratesSchema.parse(body);
    },
    'POST updates': (body) => {
      const { token, update } = updateSchema.parse(body);
      return this.bots.byToken(token).updates.push(update);
    },
  };

  /** In the order in which they were answered. */
  get refusals(): readonly TelegramRefusal[] {
    return this.#refusals;
  }

  async answer(exchange: Exchange): Promise<Answer> {
    const [, token, name] = /^\/bot([^/]+)\/(\w+)\/?$/.exec(exchange.path) ?? [];
    let form: Form | undefined;
    try {
      if (token === undefined || name === undefined) throw new Refusal(404, 'Not Found');
      const bot = this.bots.byToken(token);
      const method = methods.get(name.toLowerCase());
      if (!method) throw new Refusal(404, 'Not Found: method not found');
      form = await readForm(exchange);
      const { chats, messages, limit } = this;
      const result = await method({ bot, form, chats, messages, files: this.#files, limit, signal: exchange.signal });
      return json({ ok: true, result });
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      this.#refusals.push({
        at: Date.now(),
        method: name ?? '',
        chatId: form?.fields.get('chat_id') ?? null,
        code: error.code,
        description: error.message,
        retryAfter: error.parameters.retry_after ?? null,
      });
      return refusal(error);
    }
  }

  refuse(status: number, retryAfterS: number): Answer {
    if (status === 429)
      return refusal(new Refusal(429, `Too Many Requests: retry after ${retryAfterS}`, { retry_after: retryAfterS }));
    return refusal(new Refusal(status, phrases[status] ?? (status < 500 ? 'Bad Request' : 'Internal Server Error')));
  }

  reset(): void {
    for (const part of [this.bots, this.chats, this.messages, this.limit, this.#files]) part.reset();
    this.#refusals = [];
  }
}

function refusal({ code, message, parameters }: Refusal): Answer {
  const extra = Object.keys(parameters).length === 0 ? {} : { parameters };
  const wait: Record<string, string> = {};
  if (parameters.retry_after !== undefined) wait['retry-after'] = String(parameters.retry_after);
  return json({ ok: false, error_code: code, description: message, ...extra }, code, wait);
}
