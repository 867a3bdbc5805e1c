export { PostgresIdempotency } from './idempotency.ts';
