import { startTracing } from '@vaultstream/runtime/tracing';

// Before anything else is loaded: what is loaded earlier cannot be traced.
await startTracing('standalone');
await import('./standalone.ts');
