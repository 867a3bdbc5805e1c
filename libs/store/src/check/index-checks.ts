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

/** Of the check: next to that of the process that tells the gauges (4711002). */
const checkLock = 4_711_003;

/** The functions of amcheck by what they look at: each raises an error or answers rows for what is broken. */
const looks = {
  // Every row of the table must be in the index, too.
  btree: 'SELECT NULL AS msg FROM bt_index_check($1::oid::regclass, true)',
  gin: 'SELECT NULL AS msg FROM gin_index_check($1::oid::regclass)',
  table: 'SELECT msg FROM verify_heapam($1::oid::regclass)',
} as const;

/**
 * Looks at every table and index with Postgres' own amcheck, which is made where it is missing and taken away at the end. No transaction is open
 * meanwhile: readers of the event log wait for the oldest one that has written, and vacuum for the oldest of all. Takes locks that only a change of
 * the schema waits for. Of two checks at once the second waits.
 */
export async function checkFiles(client: pg.Client): Promise<FileFindings> {
  const findings: FileFindings = { problems: [], skipped: [], checked: 0 };
  const { rows } = await client.query<Relation>(relations);
  for (const { name, valid } of rows) if (!valid) findings.problems.push(`index ${name}: not valid, it is not used`);
  await client.query('SELECT pg_advisory_lock($1)', [checkLock]);
  const { rowCount: there } = await client.query(`SELECT 1 FROM pg_extension WHERE extname = 'amcheck'`);
  const missing = await makeExtension(client);
  try {
    if (missing !== null) findings.skipped.push(`tables and indexes: ${missing}`);
    else for (const relation of rows) await look(client, relation, findings);
  } finally {
    if (there === 0 && missing === null) await client.query('DROP EXTENSION IF EXISTS amcheck');
    await client.query('SELECT pg_advisory_unlock($1)', [checkLock]);
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
}

const messageOf = (error: unknown) => (error instanceof Error ? error.message : String(error));
const codeOf = (error: unknown) => (error instanceof Error && 'code' in error ? error.code : undefined);
