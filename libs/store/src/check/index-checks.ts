import type pg from 'pg';

/** What a look at the files of the database has come to. */
export interface FileFindings {
  problems: string[];
  /** What could not be looked at, and why. */
  skipped: string[];
  checked: number;
}

interface Relation {
  oid: number;
  name: string;
  kind: 'table' | 'btree' | 'gin' | 'other';
  valid: boolean;
}

/** Tables and indexes of all our schemas, the broker's too. */
const relations = `
  SELECT c.oid::int AS oid, c.oid::regclass::text AS name, coalesce(i.indisvalid, true) AS valid,
    CASE WHEN c.relkind = 'r' THEN 'table' WHEN a.amname IN ('btree', 'gin') THEN a.amname ELSE 'other' END AS kind
  FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace JOIN pg_am a ON a.oid = c.relam LEFT JOIN pg_index i ON i.indexrelid = c.oid
  WHERE c.relkind IN ('r', 'i') AND n.nspname NOT IN ('pg_catalog', 'information_schema') AND n.nspname NOT LIKE 'pg\\_%'
  ORDER BY 2`;

/** The functions of amcheck by what they look at: each raises an error or answers rows for what is broken. */
const looks = {
  // Every row of the table must be in the index, too.
  btree: 'SELECT NULL AS msg FROM bt_index_check($1::oid::regclass, true)',
  gin: 'SELECT NULL AS msg FROM gin_index_check($1::oid::regclass)',
  table: 'SELECT msg FROM verify_heapam($1::oid::regclass)',
} as const;

/**
 * Looks at every table and index with Postgres' own amcheck, in a transaction that leaves nothing behind: the extension is made in it and
 * goes with it. Takes locks that only a change of the schema waits for.
 */
export async function checkFiles(client: pg.Client): Promise<FileFindings> {
  const findings: FileFindings = { problems: [], skipped: [], checked: 0 };
  const { rows } = await client.query<Relation>(relations);
  for (const { name, valid } of rows) if (!valid) findings.problems.push(`index ${name}: not valid, it is not used`);
  await client.query('BEGIN');
  try {
    const missing = await makeExtension(client);
    if (missing !== null) findings.skipped.push(`tables and indexes: ${missing}`);
    else for (const relation of rows) await look(client, relation, findings);
  } finally {
    await client.query('ROLLBACK');
  }
  return findings;
}

/** Null, or why there is none. */
async function makeExtension(client: pg.Client): Promise<string | null> {
  try {
    await client.query('CREATE EXTENSION IF NOT EXISTS amcheck');
    return null;
  } catch (error) {
    return `amcheck cannot be used (${messageOf(error)}); a superuser may create it once: CREATE EXTENSION amcheck`;
  }
}

async function look(client: pg.Client, { oid, name, kind, valid }: Relation, findings: FileFindings): Promise<void> {
  if (kind === 'other' || !valid) return;
  await client.query('SAVEPOINT one');
  try {
    const { rows } = await client.query<{ msg: string | null }>(looks[kind], [oid]);
    for (const { msg } of rows) if (msg !== null) findings.problems.push(`table ${name}: ${msg}`);
    findings.checked++;
  } catch (error) {
    // Postgres before 18 cannot look at GIN indexes.
    if (codeOf(error) === '42883')
      findings.skipped.push(`index ${name}: this Postgres cannot look at indexes of its kind`);
    else findings.problems.push(`${kind === 'table' ? 'table' : 'index'} ${name}: ${messageOf(error)}`);
  }
  await client.query('ROLLBACK TO SAVEPOINT one');
}

const messageOf = (error: unknown) => (error instanceof Error ? error.message : String(error));
const codeOf = (error: unknown) => (error instanceof Error && 'code' in error ? error.code : undefined);
