export { embeddedMajor } from './binaries.ts';
export { DataDirLock } from './data-dir-lock.ts';
export { EmbeddedPostgres, type EmbeddedPostgresOptions } from './embedded-postgres.ts';
export { endWithUs, type Release } from './end-with-us.ts';
export { freePort } from './free-port.ts';
export { runningDatabase } from './running-database.ts';
export { stopLeftover } from './stop-leftover.ts';
