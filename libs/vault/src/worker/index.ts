export { GarbageCollector } from './garbage/garbage-collector.ts';
export type { GarbageReport, GarbageTimes } from './garbage/garbage-collector.ts';
export { VaultHandlers } from './vault-handlers.ts';
export { VaultWorkerModule } from './vault-worker.module.ts';
