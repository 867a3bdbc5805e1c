import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { databaseUser, readPassword } from './cluster.ts';
import { isAlive } from './process-info.ts';

/** The line of postmaster.pid that bears the port: the fourth. */
const portLine = 3;

/**
 * Where the embedded Postgres of a data directory answers while a VaultStream runs there.
 * @returns `postgresql://...`, or null when it does not run.
 */
export async function runningDatabase(dataDir: string): Promise<string | null> {
  const password = await readPassword(dataDir);
  const file = join(dataDir, 'postgres', 'postmaster.pid');
  const lines = (await readFile(file, 'utf8').catch(() => '')).split('\n');
  const pid = Math.abs(Number.parseInt(lines[0] ?? '', 10));
  const port = Number(lines[portLine]);
  if (password === null || !pid || !port || !isAlive(pid)) return null;
  return `postgresql://${databaseUser}:${password}@127.0.0.1:${port}/${databaseUser}`;
}
