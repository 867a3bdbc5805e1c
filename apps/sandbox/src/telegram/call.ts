import type { Bot } from './bots.ts';
import type { Chats } from './chats.ts';
import type { Files } from './files.ts';
import type { Form } from './form.ts';
import type { Messages } from './messages.ts';
import type { RateLimit } from './rate-limit.ts';

/** One call of a method: who calls, with what, and everything there is. */
export interface Call {
  bot: Bot;
  form: Form;
  chats: Chats;
  messages: Messages;
  files: Files;
  limit: RateLimit;
  /** Aborts when the caller hangs up. */
  signal: AbortSignal;
}

/** Answers what the API calls `result`. @throws Refusal */
export type Method = (call: Call) => unknown;
