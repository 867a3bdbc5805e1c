export { BotFiles } from './bot-files.ts';
export { toBotView, type BotRecord } from './bot-record.ts';
export { Bots, type OpenedBot } from './bots.ts';
