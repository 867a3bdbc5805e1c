export { freePort } from '@vaultstream/store/embedded';
export * from './eventually.ts';
export * from './half-open-proxy.ts';
export * from './postgres/test-database.ts';
export * from './services/test-redis.ts';
export * from './services/test-s3.ts';
export * from './temp-dir.ts';
export * from './trap-listener.ts';
export * from './with-server.ts';
