export type { CircuitPolicy } from './circuit.ts';
export { PlatformHealth } from './platform-health.ts';
export type { PlatformStateRecord } from './platform-state.ts';
export type { PlatformTally, PlatformTry, TryOutcome } from './platform-tries.ts';
