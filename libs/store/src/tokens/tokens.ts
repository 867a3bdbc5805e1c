import { v7 as uuidv7 } from 'uuid';
import { AccessDenied, InvalidInput, TokenVerifier } from '@vaultstream/contracts';
import type { Page, Principal, TokenRequest, TokenView } from '@vaultstream/contracts';
import { toSqlTime } from '../contents/pg-time.ts';
import type { Database } from '../database/database.ts';
import { decodeCursor, encodeCursor, olderThan, toPage } from '../database/page.ts';
import { openTx } from '../database/tx.ts';
import { Events } from '../events/events.ts';
import { admitBootstrap, makeFirstAdmin, mintAdmin } from './first-tokens.ts';
import { hashToken, mintToken } from './token-format.ts';
import { toTokenView } from './token-rows.ts';
import { TokenTrust } from './token-trust.ts';

/** API tokens: `vs_<8 characters>_<43 characters>`, shown once, stored as SHA-256. */
export class Tokens extends TokenVerifier {
  private readonly trust: TokenTrust;

  constructor(private readonly db: Database) {
    super();
    this.trust = new TokenTrust(db);
  }

  /** @throws InfrastructureError when the database is away and the token was not seen in the last ten seconds. */
  override verify(presented: string, { fresh } = { fresh: false }): Promise<Principal | null> {
    return this.trust.identify(presented, fresh);
  }

  /**
   * Makes a token. The answer alone bears it in clear.
   * @throws AccessDenied when its maker lacks one of the scopes, InvalidInput when it would be expired at once.
   */
  async create(maker: Principal, request: TokenRequest): Promise<TokenView> {
    const { scopes: own } = maker;
    const lacking = own.includes('admin') ? [] : request.scopes.filter((scope) => !own.includes(scope));
    if (lacking.length > 0) throw new AccessDenied(`A token cannot give what its maker lacks: ${lacking.join(', ')}.`);
    const expiresAt = request.expires_at === undefined ? null : new Date(toSqlTime(new Date(request.expires_at)));
    if (expiresAt !== null && expiresAt.getTime() <= Date.now())
      throw new InvalidInput('expires_at lies in the past', [
        { path: 'body.expires_at', message: 'must lie in the future' },
      ]);
    const { token, prefix } = mintToken();
    const facts = { name: request.name, scopes: [...new Set(request.scopes)] };
    const row = await this.db.transact(async (tx) => {
      const data = { id: uuidv7(), prefix, hash: hashToken(token), expiresAt, ...facts };
      const payload = { token_id: data.id, ...facts, by: maker.tokenId };
      await Events.append(tx, [{ type: 'token.created', payload }]);
      return openTx(tx).apiToken.create({ data });
    });
    return { ...toTokenView(row), token };
  }

  /** Newest first, revoked ones included. @throws InvalidInput for a cursor of another list. */
  async list(page: { limit: number; cursor?: string | undefined }): Promise<Page<TokenView>> {
    const after = page.cursor === undefined ? null : decodeCursor('tokens', ['time', 'uuid'], page.cursor);
    const rows = await this.db.reading((client) =>
      client.apiToken.findMany({
        where: olderThan(after),
        orderBy: [{ createdAt: 'desc' }, { id: 'desc' }],
        take: page.limit + 1,
      }),
    );
    return toPage(rows, page.limit, toTokenView, (row) => encodeCursor('tokens', [row.createdAt, row.id]));
  }

  /** Ends a token: here at once, on other replicas within ten seconds. Repeatable; false when there is none. */
  async revoke(id: string): Promise<boolean> {
    const found = await this.db.transact(async (tx) => {
      const rows = await openTx(tx).$queryRaw<{ first: boolean }[]>`
        WITH old AS (SELECT id, revoked_at FROM api_tokens WHERE id = ${id}::uuid FOR UPDATE)
        UPDATE api_tokens t SET revoked_at = coalesce(old.revoked_at, now()) FROM old
        WHERE t.id = old.id RETURNING old.revoked_at IS NULL AS first`;
      if (rows[0]?.first) await Events.append(tx, [{ type: 'token.revoked', payload: { token_id: id } }]);
      return rows.length > 0;
    });
    this.trust.forget();
    return found;
  }

  /**
   * Lets the token of API_TOKEN in, with every right, and shuts out the one that stood there before.
   * @param token Undefined when the variable is not set.
   * @throws Conflict for a token that was made here, with one line that says what to do.
   */
  async ensureBootstrap(token: string | undefined): Promise<void> {
    await this.db.transact((tx) => admitBootstrap(tx, token ?? null));
    this.trust.forget();
  }

  /** The first start: makes an admin token and answers it in clear, unless a valid one exists. */
  createAdminIfNone(): Promise<string | null> {
    return this.db.transact(makeFirstAdmin);
  }

  /** For whoever has the machine: a further admin token, in clear. @param name as it is listed */
  createAdmin(name: string): Promise<string> {
    return this.db.transact((tx) => mintAdmin(tx, name));
  }
}
