import { IdempotencyStore } from '@vaultstream/contracts';
import type { IdempotencyState, IdempotencyUse, StoredAnswer } from '@vaultstream/contracts';
import type { Database } from '../database/database.ts';
import type { SecretBox, SecretPlace } from '../secrets/secret-box.ts';

/** How long an answer is remembered: seconds. Stripe keeps them for a day as well. */
const keepS = 24 * 60 * 60;
/** After this the owner of a claim without an answer is taken for dead: seconds. Longer than any request takes. */
const claimS = 60;

interface KeyRow {
  bodyHash: string;
  status: number | null;
  /** The body's JSON, sealed. */
  response: string | null;
}

/**
 * Answers of calls that bore an `Idempotency-Key`, in Postgres, so that all replicas know them. They are sealed: an answer may
 * show a secret, as the one that creates a target does.
 */
export class PostgresIdempotency extends IdempotencyStore {
  constructor(
    private readonly db: Database,
    private readonly box: SecretBox,
  ) {
    super();
  }

  /** @throws InfrastructureError when the database is away. */
  override async begin(use: IdempotencyUse, bodyHash: string): Promise<IdempotencyState> {
    if (await this.claim(use, bodyHash)) return { state: 'new' };
    const [row] = await this.db.reading(
      (client) => client.$queryRaw<KeyRow[]>`
        SELECT body_hash AS "bodyHash", status, response FROM idempotency_keys
        WHERE principal = ${use.principalId} AND route = ${use.route} AND key = ${use.key}`,
    );
    // It was given back between the two statements: the caller, who asks again for a busy key, will get it.
    if (!row) return { state: 'busy' };
    if (row.bodyHash !== bodyHash) return { state: 'mismatch' };
    if (row.status === null || row.response === null) return { state: 'busy' };
    return { state: 'done', status: row.status, body: JSON.parse(this.box.open(row.response, placeOf(use))) };
  }

  override async complete(use: IdempotencyUse, answer: StoredAnswer): Promise<void> {
    const sealed = this.box.seal(JSON.stringify(answer.body ?? null), placeOf(use));
    await this.db.reading(
      (client) => client.$executeRaw`
        UPDATE idempotency_keys SET status = ${answer.status}, response = ${JSON.stringify(sealed)}::jsonb
        WHERE principal = ${use.principalId} AND route = ${use.route} AND key = ${use.key} AND status IS NULL`,
    );
  }

  override async abandon(use: IdempotencyUse): Promise<void> {
    await this.db.reading(
      (client) => client.$executeRaw`
        DELETE FROM idempotency_keys
        WHERE principal = ${use.principalId} AND route = ${use.route} AND key = ${use.key} AND status IS NULL`,
    );
  }

  /** One statement: of any number of callers one gets the row. A key whose time is over, or whose owner died, is given out anew. */
  private async claim(use: IdempotencyUse, bodyHash: string): Promise<boolean> {
    const rows = await this.db.reading(
      (client) => client.$queryRaw<unknown[]>`
        INSERT INTO idempotency_keys AS k (principal, route, key, body_hash, locked_until, expires_at)
        VALUES (${use.principalId}, ${use.route}, ${use.key}, ${bodyHash},
                now() + make_interval(secs => ${claimS}::int), now() + make_interval(secs => ${keepS}::int))
        ON CONFLICT (principal, route, key) DO UPDATE SET body_hash = excluded.body_hash, status = NULL, response = NULL,
          locked_until = excluded.locked_until, created_at = now(), expires_at = excluded.expires_at
        WHERE k.expires_at <= now()
          OR (k.status IS NULL AND k.locked_until <= now() AND k.body_hash = excluded.body_hash)
        RETURNING 1 AS claimed`,
    );
    return rows.length > 0;
  }
}

const placeOf = ({ principalId, route, key }: IdempotencyUse): SecretPlace => ({
  table: 'idempotency_keys',
  row: [principalId, route, key].join(' '),
  column: 'response',
});
