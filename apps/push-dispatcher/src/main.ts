import { startTracing } from '@vaultstream/runtime/tracing';

// Before anything else is loaded: what is loaded earlier cannot be traced.
await startTracing('push-dispatcher');
await import('./push-dispatcher.ts');
