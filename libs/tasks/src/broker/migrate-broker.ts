import pg from 'pg';
import { brokerSchema } from './postgres-backend.ts';

/**
 * Makes or updates the tables of BullMQ's Postgres backend, in one transaction under BullMQ's own advisory lock: several processes
 * may try at once. A step of the deploy, beside our own migrations.
 * @param database `postgresql://...`, or a connected client.
 */
export async function migrateBroker(database: string | pg.ClientBase): Promise<void> {
  const { runMigrations } = await import('bullmq');
  if (typeof database !== 'string') {
    await runMigrations(database, brokerSchema);
    return;
  }
  const client = new pg.Client({ connectionString: database, application_name: 'vaultstream-deploy' });
  client.on('error', () => undefined); // a lost connection fails the running query as well
  await client.connect();
  try {
    await runMigrations(client, brokerSchema);
  } finally {
    await client.end();
  }
}
