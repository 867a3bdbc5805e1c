import { startTracing } from '@vaultstream/runtime/tracing';

// Before anything else is loaded: what is loaded earlier cannot be traced.
await startTracing('media-worker');
await import('./media-worker.ts');
