import pg, { type ClientBase } from 'pg';

/** Makes and removes whole databases of a server: for tests and for the schema tools, never in the running product. */

/** Runs `work` on a connection of its own. */
export async function withClient<T>(url: string, work: (client: ClientBase) => Promise<T>): Promise<T> {
  const client = new pg.Client({ connectionString: url });
  client.on('error', () => undefined);
  await client.connect();
  try {
    return await work(client);
  } finally {
    await client.end();
  }
}

/** The same server and user, another database. */
export function databaseUrl(url: string, name: string): string {
  const other = new URL(url);
  other.pathname = `/${name}`;
  return other.href;
}

/**
 * @param name Of the form [a-z0-9_]+.
 * @param template Database to clone; nobody may be connected to it.
 * @returns The new database's URL.
 */
export async function createDatabase(url: string, name: string, template = 'template0'): Promise<string> {
  await withClient(url, (client) =>
    client.query(`CREATE DATABASE ${client.escapeIdentifier(name)} TEMPLATE ${client.escapeIdentifier(template)}`),
  );
  return databaseUrl(url, name);
}

/** Removes a database if it exists; its sessions are ended. */
export async function dropDatabase(url: string, name: string): Promise<void> {
  await withClient(url, (client) =>
    client.query(`DROP DATABASE IF EXISTS ${client.escapeIdentifier(name)} WITH (FORCE)`),
  );
}
