/** What the first line of a process needs, and nothing more: `@vaultstream/runtime/tracing`. */
export { startTracing } from './start-tracing.ts';
