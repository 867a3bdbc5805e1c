import { v7 as uuidv7 } from 'uuid';
import { Conflict, type Tx } from '@vaultstream/contracts';
import { openTx } from '../database/tx.ts';
import { Events } from '../events/events.ts';
import { hashToken, mintToken } from './token-format.ts';

/** What stands in the prefix column of the token of API_TOKEN; no minted one looks like this. */
const bootstrapPrefix = 'API_TOKEN';
/** Key of the advisory lock under which the first admin token is made; the digits have no meaning. */
const firstTokenLock = 4_711_002;

/**
 * Lets the token of API_TOKEN in, with every right, and shuts out the one that stood there before. Null: the variable is not set.
 * @throws Conflict for a token that was made here: it would become an admin's for whoever else has it, stay one when the variable
 * changes, and be good again if it was revoked.
 */
export async function admitBootstrap(tx: Tx, token: string | null): Promise<void> {
  const hash = token === null ? null : hashToken(token);
  const client = openTx(tx);
  if (hash !== null) await refuseMinted(tx, hash);
  await client.$executeRaw`
    UPDATE api_tokens SET revoked_at = now()
    WHERE prefix = ${bootstrapPrefix} AND revoked_at IS NULL AND hash IS DISTINCT FROM ${hash}`;
  if (hash === null) return;
  await client.$executeRaw`
    INSERT INTO api_tokens (id, name, prefix, hash, scopes)
    VALUES (${uuidv7()}::uuid, 'API_TOKEN', ${bootstrapPrefix}, ${hash}, '{admin}')
    ON CONFLICT (hash) DO UPDATE SET revoked_at = NULL, expires_at = NULL, scopes = '{admin}'`;
}

async function refuseMinted(tx: Tx, hash: string): Promise<void> {
  const [minted] = await openTx(tx).$queryRaw<{ name: string; prefix: string; ended: boolean }[]>`
    SELECT name, prefix, revoked_at IS NOT NULL OR coalesce(expires_at <= now(), false) AS ended FROM api_tokens
    WHERE hash = ${hash} AND prefix <> ${bootstrapPrefix}`;
  if (!minted) return;
  throw new Conflict(
    `API_TOKEN holds the token "${minted.name}" (${minted.prefix}_...), which was made here and ` +
      `${minted.ended ? 'has been revoked or is expired' : 'works without it'}. ` +
      'Take API_TOKEN out, or put a secret of your own there (16 characters or more).',
  );
}

/** Makes an admin token and answers it in clear, unless a valid one exists. Once, however many processes start together. */
export async function makeFirstAdmin(tx: Tx): Promise<string | null> {
  const client = openTx(tx);
  await client.$queryRaw`SELECT 1 AS locked FROM pg_advisory_xact_lock(${firstTokenLock}::bigint)`;
  const admins = await client.$queryRaw<unknown[]>`
    SELECT 1 AS found FROM api_tokens WHERE 'admin' = ANY (scopes) AND revoked_at IS NULL
      AND (expires_at IS NULL OR expires_at > now()) LIMIT 1`;
  if (admins.length > 0) return null;
  return mintAdmin(tx, 'first start');
}

/** Makes an admin token and answers it in clear. */
export async function mintAdmin(tx: Tx, name: string): Promise<string> {
  const { token, prefix } = mintToken();
  const facts = { name, scopes: ['admin'] };
  const { id } = await openTx(tx).apiToken.create({ data: { id: uuidv7(), prefix, hash: hashToken(token), ...facts } });
  await Events.append(tx, [{ type: 'token.created', payload: { token_id: id, ...facts } }]);
  return token;
}
