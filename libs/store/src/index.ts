export * from './database/database.ts';
export * from './events/events.ts';
export * from './secrets/secret-box.ts';
export * from './store.module.ts';
export * from './upkeep/event-partitions.ts';
export * from './upkeep/retention.ts';
