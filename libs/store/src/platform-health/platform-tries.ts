import type { PrismaClient } from '../generated/client.ts';
import { toJson } from '../database/json.ts';

/** Seconds that one row counts. */
export const bucketS = 10;

/**
 * What one try of a parse says of its platform. `succeeded`: read; `absent`: not there, or not what we read; `failed`: refused, or not to be
 * made sense of; `sick`: 5xx, no answer, rate limits, risk control.
 */
export const tryOutcomes = ['succeeded', 'absent', 'failed', 'sick'] as const;
export type TryOutcome = (typeof tryOutcomes)[number];

export interface PlatformTry {
  platform: string;
  outcome: TryOutcome;
  /** Constant name; null for what succeeded. */
  errorType: string | null;
}

/** What the tries of a platform come to. */
export interface PlatformTally extends Record<TryOutcome, number> {
  platform: string;
  lastSuccessAt: Date | null;
  lastErrorAt: Date | null;
  lastErrorType: string | null;
}

interface CountRow extends Record<TryOutcome, number> {
  platform: string;
  error_type: string | null;
}

/**
 * Adds tries to the rows of the present ten seconds, all in one statement. Rows are taken in the order of their platforms, so that processes
 * that count at the same time do not lock each other out.
 */
export async function countTries(client: PrismaClient, tries: readonly PlatformTry[]): Promise<void> {
  const rows = new Map<string, CountRow>();
  for (const { platform, outcome, errorType } of tries) {
    const row = rows.get(platform) ?? { platform, succeeded: 0, absent: 0, failed: 0, sick: 0, error_type: null };
    row[outcome]++;
    if (isError(outcome)) row.error_type = errorType;
    rows.set(platform, row);
  }
  await client.$executeRaw`
    INSERT INTO platform_tries (platform, since, succeeded, absent, failed, sick, last_success_at, last_error_at, last_error_type)
    SELECT platform, date_bin(make_interval(secs => ${bucketS}::int), statement_timestamp(), 'epoch'), succeeded, absent, failed, sick,
      CASE WHEN succeeded > 0 THEN statement_timestamp() END, CASE WHEN failed + sick > 0 THEN statement_timestamp() END, error_type
    FROM jsonb_to_recordset(${JSON.stringify(toJson([...rows.values()]))}::text::jsonb)
      AS t(platform text, succeeded int, absent int, failed int, sick int, error_type text)
    ORDER BY platform
    ON CONFLICT (platform, since) DO UPDATE SET succeeded = platform_tries.succeeded + excluded.succeeded,
      absent = platform_tries.absent + excluded.absent, failed = platform_tries.failed + excluded.failed,
      sick = platform_tries.sick + excluded.sick,
      last_success_at = coalesce(excluded.last_success_at, platform_tries.last_success_at),
      last_error_at = coalesce(excluded.last_error_at, platform_tries.last_error_at),
      last_error_type = coalesce(excluded.last_error_type, platform_tries.last_error_type)`;
}

/** What is not there is no error of the platform. */
const isError = (outcome: TryOutcome) => outcome === 'failed' || outcome === 'sick';

/** The tries of the last `seconds`, and the last success and error of all times, by platform. */
export async function tallyTries(client: PrismaClient, seconds: number): Promise<PlatformTally[]> {
  return client.$queryRaw<PlatformTally[]>`
    WITH recent AS (
      SELECT *, since > statement_timestamp() - make_interval(secs => ${seconds}::int) AS counts FROM platform_tries)
    SELECT platform, coalesce(sum(succeeded) FILTER (WHERE counts), 0)::int AS succeeded,
      coalesce(sum(absent) FILTER (WHERE counts), 0)::int AS absent, coalesce(sum(failed) FILTER (WHERE counts), 0)::int AS failed,
      coalesce(sum(sick) FILTER (WHERE counts), 0)::int AS sick, max(last_success_at) AS "lastSuccessAt",
      max(last_error_at) AS "lastErrorAt",
      (array_agg(last_error_type ORDER BY last_error_at DESC) FILTER (WHERE last_error_at IS NOT NULL))[1] AS "lastErrorType"
    FROM recent GROUP BY platform`;
}
