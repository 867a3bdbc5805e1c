import pg, { type Client } from 'pg';
import { InfrastructureError } from '@vaultstream/contracts';

/**
 * A connection of its own to the database that is to be looked at or brought up to date.
 * @throws InfrastructureError that says where it was looked for and why it was not found.
 */
export async function connectForDeploy(url: string): Promise<Client> {
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 10_000 });
  client.on('error', () => undefined); // a lost connection fails the running query as well
  await client.connect().catch((cause: unknown) => {
    const why = typeof cause === 'object' && cause !== null && 'code' in cause ? ` (${String(cause.code)})` : '';
    throw new InfrastructureError(
      `The database of DATABASE_URL cannot be reached at ${client.host}:${client.port} to bring it up to date${why}.`,
      { cause },
    );
  });
  return client;
}
