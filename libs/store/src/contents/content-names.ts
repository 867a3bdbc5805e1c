import type { TxClient } from '../database/tx.ts';

/** Every id that stands for the same content as this one: the survivor's and those merged into it. An unknown id stands for itself. */
export async function namesOf(client: Pick<TxClient, '$queryRaw'>, id: number): Promise<number[]> {
  const rows = await client.$queryRaw<{ id: number }[]>`
    WITH survivor AS (SELECT coalesce(merged_into, id) AS id FROM contents WHERE id = ${id}::int)
    SELECT ${id}::int AS id UNION SELECT id FROM survivor
    UNION SELECT c.id FROM contents c JOIN survivor s ON c.merged_into = s.id`;
  return rows.map((row) => row.id);
}
