export { GaugesModule } from './gauges/gauges.module.ts';
export * from './upkeep.handler.ts';
export * from './upkeep.schedules.ts';
export * from './upkeep-worker.module.ts';
export * from './upkeep.module.ts';
