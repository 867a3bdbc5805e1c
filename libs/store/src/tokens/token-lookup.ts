import { timingSafeEqual } from 'node:crypto';
import type { Principal, Scope } from '@vaultstream/contracts';
import type { Database } from '../database/database.ts';

/** What is remembered of a valid token. */
export interface KnownToken {
  principal: Principal;
  /** Milliseconds since the epoch; null: never. */
  expiresAt: number | null;
}

interface TokenRow {
  id: string;
  name: string;
  hash: string;
  scopes: Scope[];
  expiresAt: Date | null;
}

interface Waiter {
  resolve(found: KnownToken | null): void;
  reject(error: unknown): void;
}

/** Hashes of one statement. */
const batchSize = 1_000;

/**
 * Looks tokens up by hash, all that wait in one statement and one statement at a time: a flood of unknown tokens costs the
 * database no more than one connection.
 */
export class TokenLookup {
  private waiting = new Map<string, Waiter[]>();
  private running = false;

  constructor(private readonly db: Database) {}

  /**
   * @param hash SHA-256 of the token, hex.
   * @returns Null for a token that is unknown, revoked or expired.
   * @throws InfrastructureError when the database is away.
   */
  find(hash: string): Promise<KnownToken | null> {
    return new Promise((resolve, reject) => {
      this.waiting.set(hash, [...(this.waiting.get(hash) ?? []), { resolve, reject }]);
      if (!this.running) void this.work();
    });
  }

  private async work(): Promise<void> {
    this.running = true;
    while (this.waiting.size > 0) {
      const batch = [...this.waiting].slice(0, batchSize);
      for (const [hash] of batch) this.waiting.delete(hash);
      try {
        const rows = await this.read(batch.map(([hash]) => hash));
        for (const [hash, waiters] of batch) {
          const row = rows.find((candidate) => equal(candidate.hash, hash));
          for (const waiter of waiters) waiter.resolve(row ? toKnown(row) : null);
        }
      } catch (error) {
        for (const waiter of batch.flatMap(([, waiters]) => waiters)) waiter.reject(error);
      }
    }
    this.running = false;
  }

  private read(hashes: string[]): Promise<TokenRow[]> {
    return this.db.reading(
      (client) => client.$queryRaw<TokenRow[]>`
        SELECT id::text, name, hash, scopes, expires_at AS "expiresAt" FROM api_tokens
        WHERE hash = ANY (${hashes}::text[]) AND revoked_at IS NULL AND (expires_at IS NULL OR expires_at > now())`,
    );
  }
}

const equal = (one: string, other: string): boolean =>
  timingSafeEqual(Buffer.from(one, 'hex'), Buffer.from(other, 'hex'));

const toKnown = ({ id, name, scopes, expiresAt }: TokenRow): KnownToken => ({
  principal: { tokenId: id, name, scopes },
  expiresAt: expiresAt?.getTime() ?? null,
});
