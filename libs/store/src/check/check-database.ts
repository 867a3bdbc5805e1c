import pg from 'pg';
import { translateDatabaseError } from '../database/pg-errors.ts';
import { checkFiles } from './index-checks.ts';
import { rowChecks } from './row-checks.ts';

/** Broken rows of one kind that are named. */
const named = 5;

/** What `npm run db:check` has found. */
export interface DatabaseReport {
  /** A line each; empty: all is well. */
  problems: string[];
  /** What could not be looked at, a line each. */
  skipped: string[];
  /** Tables and indexes that were read, and rules that were asked of the rows. */
  checked: { files: number; rules: number };
}

/**
 * Reads every table and index (amcheck) and asks what must be true of the rows. Changes nothing, and may run while everything works; reads all
 * of the database once.
 * @throws InfrastructureError when the database is away.
 */
export async function checkDatabase(url: string): Promise<DatabaseReport> {
  const client = new pg.Client({
    connectionString: url,
    application_name: 'vaultstream-check',
    options: '-c TimeZone=UTC',
  });
  client.on('error', () => undefined);
  try {
    await client.connect();
    const files = await checkFiles(client);
    const rows = await checkRows(client);
    return {
      problems: [...files.problems, ...rows],
      skipped: files.skipped,
      checked: { files: files.checked, rules: rowChecks.length },
    };
  } catch (error) {
    throw translateDatabaseError(error);
  } finally {
    await client.end().catch(() => undefined);
  }
}

async function checkRows(client: pg.Client): Promise<string[]> {
  const problems: string[] = [];
  for (const { problem, find } of rowChecks) {
    const { rows } = await client.query<{ what: string; total: string }>(
      `SELECT what, count(*) OVER () AS total FROM (${find}) AS found ORDER BY what LIMIT ${named}`,
    );
    const [first] = rows;
    if (first === undefined) continue;
    const more = Number(first.total) > rows.length ? ', ...' : '';
    problems.push(`${problem}: ${first.total} (${rows.map(({ what }) => what).join(', ')}${more})`);
  }
  return problems;
}
