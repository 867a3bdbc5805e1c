import type { Principal } from '@vaultstream/contracts';
import type { Database } from '../database/database.ts';
import { hashToken } from './token-format.ts';
import { TokenLookup, type KnownToken } from './token-lookup.ts';

/** How long a valid token is believed without a look at the database: milliseconds. Bounds revocation by another replica. */
const trustMs = 10_000;
/** How often `last_used_at` of one token is written by one process: milliseconds. */
const touchMs = 60_000;
/** Valid tokens that are remembered; beyond it the oldest goes. */
const maxTrusted = 10_000;

interface Trusted extends KnownToken {
  /** By `performance.now()`. */
  until: number;
  touchedAt: number;
}

/** Says who presents a token, and remembers for ten seconds what the database said. Unknown tokens are never remembered. */
export class TokenTrust {
  private readonly lookup: TokenLookup;
  private readonly trusted = new Map<string, Trusted>();
  /** Raised by every `forget`: what was read before it is not remembered. */
  private epoch = 0;

  constructor(private readonly db: Database) {
    this.lookup = new TokenLookup(db);
  }

  /**
   * @param fresh Looks it up although it is remembered.
   * @returns Null for a token that is unknown, expired or revoked.
   * @throws InfrastructureError when the database is away and the token is not remembered.
   */
  async identify(presented: string, fresh = false): Promise<Principal | null> {
    const hash = hashToken(presented);
    const known = (fresh ? null : this.recall(hash)) ?? (await this.learn(hash));
    if (known === null || (known.expiresAt !== null && known.expiresAt <= Date.now())) return null;
    await this.touch(known);
    return known.principal;
  }

  /** Some tokens have changed: whatever is presented next is looked up anew. */
  forget(): void {
    this.epoch++;
    this.trusted.clear();
  }

  private recall(hash: string): Trusted | null {
    const trusted = this.trusted.get(hash);
    return trusted !== undefined && trusted.until > performance.now() ? trusted : null;
  }

  private async learn(hash: string): Promise<Trusted | null> {
    const { epoch } = this;
    const found = await this.lookup.find(hash);
    const before = this.trusted.get(hash);
    this.trusted.delete(hash);
    if (found === null) return null;
    const trusted = { ...found, until: performance.now() + trustMs, touchedAt: before?.touchedAt ?? -Infinity };
    if (epoch === this.epoch) this.trusted.set(hash, trusted);
    const [oldest] = this.trusted.keys();
    if (this.trusted.size > maxTrusted && oldest !== undefined) this.trusted.delete(oldest);
    return trusted;
  }

  private async touch(known: Trusted): Promise<void> {
    if (performance.now() - known.touchedAt < touchMs) return;
    known.touchedAt = performance.now();
    const written = this.db.reading(
      (client) => client.$executeRaw`
        UPDATE api_tokens SET last_used_at = now() WHERE id = ${known.principal.tokenId}::uuid
          AND (last_used_at IS NULL OR last_used_at < now() - interval '1 minute')`,
    );
    // Who may come in does not depend on whether the visit could be noted.
    await written.catch(() => undefined);
  }
}
