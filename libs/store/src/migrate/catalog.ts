import type { ClientBase } from 'pg';

/** What a database is made of: the name of each thing, such as `index public.tasks_ready`, and its definition. */
export type Catalog = ReadonlyMap<string, string>;

/** Schemas of our own, and nothing that belongs to an extension. `oid` and `catalog` name the thing's row and its catalog. */
const ours = (oid: string, catalog: string) => `
  n.nspname !~ '^(pg_|information_schema$)' AND NOT EXISTS (
    SELECT 1 FROM pg_depend e WHERE e.classid = '${catalog}'::regclass AND e.objid = ${oid} AND e.deptype = 'e')`;

/** Prisma's bookkeeping is no part of the schema. */
const notBookkeeping = `c.relname NOT LIKE '\\_prisma\\_migrations%'`;

/** Each answers (name, definition). Column order, internal triggers and the names of NOT NULL constraints are noise and left out. */
const queries: string[] = [
  `SELECT 'extension ' || extname, '' FROM pg_extension WHERE extname <> 'plpgsql'`,

  `SELECT 'schema ' || n.nspname, '' FROM pg_namespace n WHERE ${ours('n.oid', 'pg_namespace')}`,

  `SELECT CASE c.relkind WHEN 'v' THEN 'view ' WHEN 'm' THEN 'materialized view ' ELSE 'table ' END || n.nspname || '.' || c.relname,
          concat_ws(' ', c.relkind, c.relpersistence, array_to_string(c.reloptions, ','), pg_get_partkeydef(c.oid),
            pg_get_expr(c.relpartbound, c.oid), CASE WHEN c.relrowsecurity THEN 'row security' END,
            CASE WHEN c.relkind IN ('v', 'm') THEN pg_get_viewdef(c.oid) END)
     FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
    WHERE c.relkind IN ('r', 'p', 'v', 'm') AND ${notBookkeeping} AND ${ours('c.oid', 'pg_class')}`,

  `SELECT 'column ' || n.nspname || '.' || c.relname || '.' || a.attname,
          concat_ws(' ', format_type(a.atttypid, a.atttypmod), CASE WHEN a.attnotnull THEN 'NOT NULL' END,
            'DEFAULT ' || pg_get_expr(d.adbin, d.adrelid), 'identity ' || nullif(a.attidentity::text, ''),
            'generated ' || nullif(a.attgenerated::text, ''), 'collation ' || nullif(a.attcollation, t.typcollation)::regcollation)
     FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid JOIN pg_namespace n ON n.oid = c.relnamespace
     JOIN pg_type t ON t.oid = a.atttypid LEFT JOIN pg_attrdef d ON d.adrelid = c.oid AND d.adnum = a.attnum
    WHERE c.relkind IN ('r', 'p', 'v', 'm') AND a.attnum > 0 AND NOT a.attisdropped AND ${notBookkeeping} AND ${ours('c.oid', 'pg_class')}`,

  `SELECT 'index ' || n.nspname || '.' || c.relname, concat_ws(' ', pg_get_indexdef(i.indexrelid), array_to_string(c.reloptions, ','),
            CASE WHEN NOT i.indisvalid THEN 'INVALID' END)
     FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid JOIN pg_namespace n ON n.oid = c.relnamespace
    WHERE ${notBookkeeping} AND ${ours('c.oid', 'pg_class')}`,

  `SELECT 'constraint ' || n.nspname || '.' || c.relname || '.' || k.conname,
          concat_ws(' ', pg_get_constraintdef(k.oid), CASE WHEN NOT k.convalidated THEN 'not validated' END)
     FROM pg_constraint k JOIN pg_class c ON c.oid = k.conrelid JOIN pg_namespace n ON n.oid = c.relnamespace
    WHERE k.contype <> 'n' AND ${notBookkeeping} AND ${ours('c.oid', 'pg_class')}`,

  `SELECT 'trigger ' || n.nspname || '.' || c.relname || '.' || t.tgname, concat_ws(' ', pg_get_triggerdef(t.oid), t.tgenabled::text)
     FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid JOIN pg_namespace n ON n.oid = c.relnamespace
    WHERE NOT t.tgisinternal AND ${ours('c.oid', 'pg_class')}`,

  `SELECT 'function ' || n.nspname || '.' || p.proname || '(' || pg_get_function_identity_arguments(p.oid) || ')',
          CASE WHEN p.prokind IN ('f', 'p') THEN pg_get_functiondef(p.oid) ELSE p.prokind::text END
     FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace WHERE ${ours('p.oid', 'pg_proc')}`,

  `SELECT 'sequence ' || n.nspname || '.' || c.relname,
          concat_ws(' ', format_type(s.seqtypid, NULL), s.seqstart, s.seqincrement, s.seqmin, s.seqmax, CASE WHEN s.seqcycle THEN 'cycle' END)
     FROM pg_sequence s JOIN pg_class c ON c.oid = s.seqrelid JOIN pg_namespace n ON n.oid = c.relnamespace
    WHERE ${ours('c.oid', 'pg_class')}`,

  `SELECT 'enum ' || n.nspname || '.' || t.typname, string_agg(e.enumlabel, ', ' ORDER BY e.enumsortorder)
     FROM pg_type t JOIN pg_enum e ON e.enumtypid = t.oid JOIN pg_namespace n ON n.oid = t.typnamespace
    WHERE ${ours('t.oid', 'pg_type')} GROUP BY 1`,

  `SELECT 'domain ' || n.nspname || '.' || t.typname, concat_ws(' ', format_type(t.typbasetype, t.typtypmod), t.typdefault,
            (SELECT string_agg(pg_get_constraintdef(k.oid), ' ' ORDER BY k.conname) FROM pg_constraint k WHERE k.contypid = t.oid))
     FROM pg_type t JOIN pg_namespace n ON n.oid = t.typnamespace WHERE t.typtype = 'd' AND ${ours('t.oid', 'pg_type')}`,
];

/** Reads everything that a migration can make, in the words of Postgres itself. */
export async function readCatalog(client: ClientBase): Promise<Catalog> {
  const catalog = new Map<string, string>();
  for (const text of queries) {
    const { rows } = await client.query<[name: string, definition: string]>({ text, rowMode: 'array' });
    for (const [name, definition] of rows) catalog.set(name, definition);
  }
  return catalog;
}

/** The differences between two databases, one a line, sorted; none when they are alike. */
export function compareCatalogs(actual: Catalog, wanted: Catalog): string[] {
  const lines: string[] = [];
  for (const name of [...new Set([...actual.keys(), ...wanted.keys()])].sort()) {
    const [is, should] = [actual.get(name), wanted.get(name)];
    if (is === should) continue;
    if (is === undefined) lines.push(`missing: ${name}: ${should}`);
    else if (should === undefined) lines.push(`too much: ${name}: ${is}`);
    else lines.push(`different: ${name}: is ${is}, should be ${should}`);
  }
  return lines;
}
