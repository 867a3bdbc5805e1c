import type { CanaryReport, CircuitState } from '@vaultstream/contracts';
import type { PrismaClient } from '../generated/client.ts';

/** What is known of a platform beyond counts. A platform that nothing has happened to has none. */
export interface PlatformStateRecord {
  platform: string;
  circuit: CircuitState;
  trips: number;
  circuitReason: string | null;
  openedAt: Date | null;
  closedAt: Date | null;
  retryAt: Date | null;
  /** Milliseconds until somebody may try, by the database's clock; 0 for a closed circuit. */
  waitMs: number;
  cookiePrint: string | null;
  cookieState: 'valid' | 'rejected' | null;
  cookieSince: Date | null;
  canary: CanaryReport | null;
}

/** Milliseconds after which those who wait for the probe of another one look again. */
const probePatienceMs = 5_000;

/** All of them. */
export function readStates(client: PrismaClient): Promise<PlatformStateRecord[]> {
  return client.$queryRaw<PlatformStateRecord[]>`
    SELECT platform, circuit, trips, circuit_reason AS "circuitReason", opened_at AS "openedAt", closed_at AS "closedAt",
      retry_at AS "retryAt", cookie_print AS "cookiePrint", cookie_state AS "cookieState", cookie_since AS "cookieSince", canary,
      CASE circuit WHEN 'closed' THEN 0 ELSE greatest(0, 1000 * extract(epoch FROM
        CASE circuit WHEN 'open' THEN retry_at
          ELSE least(probe_until, clock_timestamp() + make_interval(secs => ${probePatienceMs}::float8 / 1000)) END - clock_timestamp())) END::int AS "waitMs"
    FROM platform_states ORDER BY platform`;
}

/** The platform of a PULLED content whose circuit is not closed; null when all is well. */
export async function sickPlatformOf(client: PrismaClient, contentId: number): Promise<string | null> {
  const [row] = await client.$queryRaw<{ platform: string }[]>`
    SELECT c.platform FROM contents c JOIN platform_states s ON s.platform = c.platform
    WHERE c.id = ${contentId}::int AND c.status = 'PULLED' AND s.circuit <> 'closed'`;
  return row?.platform ?? null;
}

/** What the platform has said to a call with cookies; `print` is a digest of these. Writes only what is new. */
export async function noteCookie(
  client: PrismaClient,
  platform: string,
  { print, state }: { print: string; state: 'valid' | 'rejected' },
): Promise<void> {
  await client.$executeRaw`
    INSERT INTO platform_states (platform, cookie_print, cookie_state, cookie_since)
    VALUES (${platform}, ${print}, ${state}, clock_timestamp())
    ON CONFLICT (platform) DO UPDATE
      SET cookie_print = excluded.cookie_print, cookie_state = excluded.cookie_state, cookie_since = excluded.cookie_since
      WHERE (platform_states.cookie_print, platform_states.cookie_state) IS DISTINCT FROM (excluded.cookie_print, excluded.cookie_state)`;
}

/** The report stands until the next one. */
export async function noteCanary(client: PrismaClient, report: CanaryReport): Promise<void> {
  await client.$executeRaw`
    INSERT INTO platform_states (platform, canary) VALUES (${report.platform}, ${JSON.stringify(report)}::jsonb)
    ON CONFLICT (platform) DO UPDATE SET canary = excluded.canary`;
}
