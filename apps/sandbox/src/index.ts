/** Fakes of what is outside, for tests and for trying the product without an account. */
export { startSandbox } from './sandbox.ts';
export type { Sandbox, SandboxOptions } from './sandbox.ts';
export { bvidOf } from './bilibili/ids.ts';
export type { ModeRule } from './modes/mode-book.ts';
export type { Entry, EntryFilter } from './server/journal.ts';
export type { Page } from './site/page.ts';
export type { MessageEntity } from './telegram/html.ts';
export type { SentMessage } from './telegram/messages.ts';
export { publishedRates } from './telegram/rate-limit.ts';
export type { TelegramRefusal } from './telegram/telegram.ts';
export type { WebhookCall } from './webhook/webhook.ts';
