import type { Tx } from '@vaultstream/contracts';
import type { Prisma } from '../generated/client.ts';

/** What a repository writes through: the Prisma client of one open transaction. */
export type TxClient = Prisma.TransactionClient;

/** Closes the lid: outside `store`, a transaction is opaque. */
export function sealTx(client: TxClient): Tx {
  return client as unknown as Tx;
}

/** Opens the lid. Only repositories of `store` call this. */
export function openTx(tx: Tx): TxClient {
  return tx as unknown as TxClient;
}
