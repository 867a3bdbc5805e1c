import type { ClientBase } from 'pg';
import { Conflict } from '@vaultstream/contracts';
import { tableRules } from './table-rules.ts';

/** A table as it is copied: by its named columns, so that releases and majors of Postgres may differ in their order. */
export interface TablePlan {
  table: string;
  columns: string[];
}

/** A sequence and the column that takes its numbers. */
export interface SequencePlan {
  sequence: string;
  table: string;
  column: string;
}

/** Names as Postgres quotes them. */
export const quote = (name: string): string => `"${name.replaceAll('"', '""')}"`;

/**
 * The tables of the public schema that are copied, in an order in which each comes after those that it refers to.
 * @throws Conflict for a table that has no rule: a backup that silently lacks something is none.
 */
export async function copyPlan(client: ClientBase): Promise<TablePlan[]> {
  const { rows } = await client.query<{ name: string; columns: string[]; refers: string[] }>(`
    SELECT c.relname AS name,
      (SELECT array_agg(a.attname::text ORDER BY a.attnum) FROM pg_attribute a
        WHERE a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped AND a.attgenerated = '') AS columns,
      (SELECT coalesce(array_agg(DISTINCT f.relname::text), '{}') FROM pg_constraint k JOIN pg_class f ON f.oid = k.confrelid
        WHERE k.conrelid = c.oid AND k.contype = 'f' AND k.confrelid <> c.oid) AS refers
    FROM pg_class c WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p') AND NOT c.relispartition
      AND NOT EXISTS (SELECT 1 FROM pg_depend e WHERE e.classid = 'pg_class'::regclass AND e.objid = c.oid AND e.deptype = 'e')
    ORDER BY c.relname`);
  const plans = new Map<string, TablePlan & { refers: string[] }>();
  for (const { name, columns, refers } of rows) {
    const rule = tableRules[name];
    if (!rule)
      throw new Conflict(`The table ${name} is not known to this VaultStream: there is no rule for its backup.`);
    if (rule.rule === 'omit') continue;
    const left = columns.filter((column) => !rule.without?.includes(column));
    plans.set(name, { table: name, columns: left, refers });
  }
  return inOrder(plans);
}

/** Parents before children. A circle of references, which no schema of ours has, would end in the order of the names. */
function inOrder(plans: ReadonlyMap<string, TablePlan & { refers: string[] }>): TablePlan[] {
  const ordered = new Map<string, TablePlan>();
  const visit = (name: string, above: readonly string[]): void => {
    const plan = plans.get(name);
    if (!plan || ordered.has(name) || above.includes(name)) return;
    for (const parent of plan.refers) visit(parent, [...above, name]);
    ordered.set(name, { table: plan.table, columns: plan.columns });
  };
  for (const name of plans.keys()) visit(name, []);
  return [...ordered.values()];
}

/** Every sequence of the public schema that belongs to a column. */
export async function sequencePlan(client: ClientBase): Promise<SequencePlan[]> {
  const { rows } = await client.query<SequencePlan>(`
    SELECT s.relname::text AS sequence, t.relname::text AS table, a.attname::text AS column
    FROM pg_class s JOIN pg_depend d ON d.classid = 'pg_class'::regclass AND d.objid = s.oid AND d.refclassid = 'pg_class'::regclass
      AND d.deptype IN ('a', 'i')
    JOIN pg_class t ON t.oid = d.refobjid JOIN pg_attribute a ON a.attrelid = t.oid AND a.attnum = d.refobjsubid
    WHERE s.relkind = 'S' AND s.relnamespace = 'public'::regnamespace AND NOT t.relispartition ORDER BY 1`);
  return rows;
}
