export { SettleHandlers } from './settle-handlers.ts';
export { SettleModule } from './settle.module.ts';
