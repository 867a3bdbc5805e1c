/** Shared by the db-*.mjs scripts. */
import './source.mjs';
import { pino } from 'pino';

export const logger = pino({ level: 'warn' }, process.stderr);

/** Runs a script's work; a failure is one line and exit code 1. */
export async function main(work) {
  try {
    await work();
  } catch (error) {
    console.error(error instanceof Error ? error.message : error);
    process.exitCode = 1;
  }
}

/** Runs `work` with the URL of a Postgres for scratch databases: that of TEST_DATABASE_URL, else an embedded one in a temporary folder. */
export async function withScratchServer(work) {
  if (process.env.TEST_DATABASE_URL) return work(process.env.TEST_DATABASE_URL);
  const { startTestServer } = await import('../libs/testing/src/postgres/test-server.ts');
  const server = await startTestServer();
  try {
    return await work(server.url);
  } finally {
    await server.stop();
  }
}
