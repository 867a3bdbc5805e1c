import type { Tx } from '@vaultstream/contracts';

/** Writes one effect in the handler's transaction. The table has no unique key: a double would show. */
export async function effect(tx: Tx, key: number, run = 'test'): Promise<void> {
  const client = tx as unknown as { $executeRawUnsafe(sql: string, ...values: unknown[]): Promise<number> };
  await client.$executeRawUnsafe('INSERT INTO effects (key, run) VALUES ($1, $2)', key, run);
}
