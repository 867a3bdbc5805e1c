import type { Product } from './product.ts';

/** A row of the push ledger, as far as tests look at it. */
export interface LedgerRow {
  content_id: number;
  target_id: string;
  status: string;
  last_error_type: string | null;
  parts: { status: string; message_id: string | null; receipt: { pictures?: number; degraded?: string[] } | null }[];
}

/** The whole ledger, or its rows of one status. */
export async function readLedger(product: Product, status?: string): Promise<LedgerRow[]> {
  const rows: LedgerRow[] = [];
  const filter = status === undefined ? '' : `&status=${status}`;
  for (let cursor: string | null = ''; cursor !== null;) {
    const after: string = cursor === '' ? '' : `&cursor=${encodeURIComponent(cursor)}`;
    const { body } = await product.call('GET', `/api/v1/deliveries?limit=100${filter}${after}`);
    rows.push(...(body.items as LedgerRow[]));
    cursor = body.next_cursor as string | null;
  }
  return rows;
}
