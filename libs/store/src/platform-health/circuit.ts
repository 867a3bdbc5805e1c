import { Later, type Tx } from '@vaultstream/contracts';
import { redactText } from '@vaultstream/runtime';
import { v7 as uuidv7 } from 'uuid';
import { cleanText } from '../contents/clean-text.ts';
import { openTx } from '../database/tx.ts';
import { Prisma } from '../generated/client.ts';
import { Events } from '../events/events.ts';
import { ringBell } from '../tasks/bell.ts';

/** When a circuit opens, and for how long. */
export interface CircuitPolicy {
  /** Seconds that are looked at. */
  windowS: number;
  /** Tries that there must be in them. */
  minimum: number;
  /** Part of them that must be sick, 0 to 1. */
  sickRatio: number;
  /** Milliseconds until the first probe; doubled after each that fails, up to the longest. */
  firstPauseMs: number;
  longestPauseMs: number;
  /** Milliseconds that a probe may take: longer than any parse. */
  probeMs: number;
}

/** Characters of a reason that are kept. */
const maxReason = 500;
/** Milliseconds that closing a circuit takes, about. */
const closingMs = 500;
/** Seconds over which the parses that waited are spread once the platform is back. */
const returnS = 5;

/** Opens a closed circuit when the tries since it closed say so; true when this call did. */
export async function tripCircuit(tx: Tx, platform: string, reason: string, policy: CircuitPolicy): Promise<boolean> {
  const kept = reasonOf(reason);
  const rows = await openTx(tx).$queryRaw<{ tries: number; sick: number }[]>`
    WITH seen AS (
      SELECT coalesce(sum(succeeded + absent + failed + sick), 0)::int AS tries, coalesce(sum(sick), 0)::int AS sick
      FROM platform_tries
      WHERE platform = ${platform} AND since > clock_timestamp() - make_interval(secs => ${policy.windowS}::int)
        AND since > coalesce((SELECT closed_at FROM platform_states WHERE platform = ${platform}), '-infinity')),
    opened AS (
      INSERT INTO platform_states (platform, circuit, trips, circuit_reason, opened_at, retry_at)
      SELECT ${platform}, 'open', 1, ${kept}, clock_timestamp(), clock_timestamp() + make_interval(secs => ${policy.firstPauseMs}::float8 / 1000)
      FROM seen WHERE tries >= ${policy.minimum}::int AND sick >= ${policy.sickRatio}::float8 * tries
      ON CONFLICT (platform) DO UPDATE SET circuit = 'open', trips = 1, circuit_reason = excluded.circuit_reason,
        opened_at = excluded.opened_at, retry_at = excluded.retry_at
        WHERE platform_states.circuit = 'closed'
      RETURNING platform)
    SELECT seen.* FROM seen, opened`;
  const [found] = rows;
  if (found === undefined) return false;
  await Events.append(tx, [{ type: 'platform.circuit_opened', payload: { platform, reason: kept, ...found } }]);
  return true;
}

/** Takes the one probe that an open circuit allows once its pause is over. Null: not yet, or somebody else has it. */
export async function claimProbe(tx: Tx, platform: string, { probeMs }: CircuitPolicy): Promise<string | null> {
  const probe = uuidv7();
  const taken = await openTx(tx).$executeRaw`
    UPDATE platform_states SET circuit = 'half_open', probe = ${probe}::uuid,
      probe_until = clock_timestamp() + make_interval(secs => ${probeMs}::float8 / 1000)
    WHERE platform = ${platform} AND ((circuit = 'open' AND retry_at <= clock_timestamp())
      OR (circuit = 'half_open' AND probe_until < clock_timestamp()))`;
  return taken === 1 ? probe : null;
}

/** The probe has failed: the pause doubles. Does nothing for a probe that somebody else has taken over. */
export async function reopenCircuit(
  tx: Tx,
  platform: string,
  probe: string,
  reason: string,
  { firstPauseMs, longestPauseMs }: CircuitPolicy,
): Promise<void> {
  await openTx(tx).$executeRaw`
    UPDATE platform_states SET circuit = 'open', trips = trips + 1, circuit_reason = ${reasonOf(reason)}, probe = NULL, probe_until = NULL,
      retry_at = clock_timestamp() + make_interval(secs => least(${longestPauseMs}::float8, ${firstPauseMs}::float8 * power(2, least(trips, 30))) / 1000)
    WHERE platform = ${platform} AND circuit = 'half_open' AND probe = ${probe}::uuid`;
}

/** The probe has told nothing: the next one may try at once. */
export async function releaseProbe(tx: Tx, platform: string, probe: string): Promise<void> {
  await openTx(tx).$executeRaw`
    UPDATE platform_states SET circuit = 'open', retry_at = clock_timestamp(), probe = NULL, probe_until = NULL
    WHERE platform = ${platform} AND circuit = 'half_open' AND probe = ${probe}::uuid`;
}

/**
 * Closes the circuit and lets the parses that wait for it run. True when this call did.
 * @param by The probe that came through, or the name of whoever resets it.
 */
export async function closeCircuit(
  tx: Tx,
  platform: string,
  by: { probe: string } | { person: string },
): Promise<boolean> {
  const client = openTx(tx);
  const probe = 'probe' in by ? by.probe : null;
  // Behind those who are putting their parse off just now; nobody begins to meanwhile. A lock of the row would be passed by one sharer after another.
  await client.$executeRaw`SELECT pg_advisory_xact_lock(${closingLock(platform)})`;
  const closed = await client.$executeRaw`
    UPDATE platform_states SET circuit = 'closed', trips = 0, circuit_reason = NULL, retry_at = NULL, probe = NULL, probe_until = NULL,
      closed_at = clock_timestamp()
    WHERE platform = ${platform} AND circuit <> 'closed' AND (${probe}::uuid IS NULL OR probe = ${probe}::uuid)`;
  if (closed === 0) return false;
  // A task that was handed over before has met the open circuit; one that never was waits for a time of its own.
  await client.$executeRaw`
    UPDATE tasks SET run_at = clock_timestamp() + random() * make_interval(secs => ${returnS}::int)
    WHERE id IN (SELECT t.id FROM tasks t JOIN contents c ON c.id = t.content_id
                 WHERE t.name = 'content.parse' AND t.state = 'ready' AND t.generation > 0 AND c.platform = ${platform}
                   AND t.run_at > clock_timestamp() + make_interval(secs => ${returnS}::int)
                 FOR UPDATE OF t SKIP LOCKED)`;
  await ringBell(client);
  const person = 'person' in by ? by.person : null;
  await Events.append(tx, [{ type: 'platform.circuit_closed', payload: { platform, reset_by: person } }]);
  return true;
}

/**
 * Tells a content's timeline, once an opening, that its parse waits for the platform. In the transaction that puts the parse off: whoever
 * closes the circuit either waits for that and lets the parse run, or has closed it first.
 * @throws Later when the circuit is closed by now, or just being closed: waiting for that would keep a connection.
 */
export async function noteWaiting(
  tx: Tx,
  contentId: number,
  { platform, reason, openedAt }: { platform: string; reason: string; openedAt: Date },
): Promise<void> {
  const client = openTx(tx);
  const [lock] = await client.$queryRaw<{ held: boolean }[]>`
    SELECT pg_try_advisory_xact_lock_shared(${closingLock(platform)}) AS held`;
  if (!lock?.held) throw new Later(`somebody is closing the circuit of ${platform}`, { retryAfterMs: closingMs });
  // A statement of its own: it sees what those did who held the lock before.
  const sick = await client.$queryRaw<unknown[]>`
    SELECT 1 AS sick FROM platform_states WHERE platform = ${platform} AND circuit <> 'closed'`;
  if (sick.length === 0) throw new Later(`${platform} has come back`, { retryAfterMs: 0 });
  const [told] = await client.$queryRaw<unknown[]>`
    SELECT 1 AS told FROM events
    WHERE content_id = ${contentId}::int AND type = 'content.waiting' AND created_at >= ${openedAt.toISOString()}::timestamptz LIMIT 1`;
  if (told !== undefined) return;
  const payload = { waits_for: 'circuit', platform, reason: reasonOf(reason) };
  await Events.append(tx, [{ type: 'content.waiting', contentId, payload }]);
}

/** Key of the lock: shared by those who put a parse off, and held alone by who closes the circuit. */
const closingLock = (platform: string) => Prisma.sql`hashtextextended(${`platform.closing:${platform}`}, 0)`;

const reasonOf = (reason: string) => cleanText(redactText(reason)).slice(0, maxReason);
