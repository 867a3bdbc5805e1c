import type { ContentStatus, DeliveryState, EventType } from '@vaultstream/contracts';
import type { Database } from '../database/database.ts';
import type { PrismaClient } from '../generated/client.ts';

/** Days that the numbers of new contents and of pushes look back. */
const days = 30;
/** Minutes that the rates look back, and events at most: a busier log is looked at over a shorter time. */
const rateMinutes = 5;
const rateEvents = 10_000;

/** Contents in one state on one platform. */
export interface ContentCount {
  platform: string;
  status: ContentStatus;
  count: number;
}

/** Everything that `GET /stats` counts in the database. */
export interface StatsCounts {
  contents: ContentCount[];
  /** `day` is `YYYY-MM-DD` in UTC, every day of the time, oldest first. */
  newPerDay: { day: string; count: number }[];
  /** Events of a type, a minute. */
  perMinute: Partial<Record<EventType, number>>;
  /** Rows of the ledger that were made in the time. */
  deliveries: Partial<Record<DeliveryState, number>>;
  /** Media that show a blob, and how many different blobs they show. */
  references: number;
  referenced: number;
}

/** Counts. Each statement reads an index or a bounded number of rows; callers keep the answer for some seconds. */
export class StatsReads {
  constructor(private readonly db: Database) {}

  /** Contents that can be seen, by platform and status. */
  async contents(): Promise<ContentCount[]> {
    return this.db.reading(
      (client) => client.$queryRaw<ContentCount[]>`
        SELECT platform, status, count(*)::int AS count FROM contents
        WHERE deleted_at IS NULL AND merged_into IS NULL GROUP BY platform, status ORDER BY platform, status`,
    );
  }

  /** Events of a type, a minute, of the last minutes. */
  async perMinute(): Promise<StatsCounts['perMinute']> {
    return this.db.reading((client) => perMinute(client));
  }

  async all(): Promise<StatsCounts> {
    const contents = await this.contents();
    return this.db.reading(async (client) => ({
      contents,
      newPerDay: await newPerDay(client),
      perMinute: await perMinute(client),
      deliveries: await deliveries(client),
      ...(await references(client)),
    }));
  }
}

function newPerDay(client: PrismaClient): Promise<{ day: string; count: number }[]> {
  return client.$queryRaw`
    SELECT to_char(day, 'YYYY-MM-DD') AS day, count(c.id)::int AS count
    FROM generate_series(date_trunc('day', now()) - make_interval(days => ${days - 1}::int), date_trunc('day', now()), '1 day') AS day
    LEFT JOIN contents c ON c.created_at >= day AND c.created_at < day + interval '1 day' AND c.deleted_at IS NULL AND c.merged_into IS NULL
    GROUP BY day ORDER BY day`;
}

async function perMinute(client: PrismaClient): Promise<StatsCounts['perMinute']> {
  const rows = await client.$queryRaw<{ type: EventType; rate: number }[]>`
    WITH latest AS (SELECT type, created_at FROM events ORDER BY id DESC LIMIT ${rateEvents}::int),
      span AS (SELECT CASE WHEN count(*) < ${rateEvents}::int THEN ${rateMinutes}::float8
                      ELSE least(${rateMinutes}::float8, greatest(extract(epoch FROM now() - min(created_at))::float8 / 60, 1.0 / 60)) END AS minutes
               FROM latest)
    SELECT type, round((count(*) / minutes)::numeric, 2)::float8 AS rate FROM latest, span
    WHERE created_at > now() - make_interval(mins => ${rateMinutes}::int) GROUP BY type, minutes`;
  return Object.fromEntries(rows.map(({ type, rate }) => [type, rate]));
}

async function deliveries(client: PrismaClient): Promise<StatsCounts['deliveries']> {
  const rows = await client.$queryRaw<{ state: DeliveryState; count: number }[]>`
    SELECT state, count(*)::int AS count FROM deliveries
    WHERE created_at > now() - make_interval(days => ${days}::int) GROUP BY state`;
  return Object.fromEntries(rows.map(({ state, count }) => [state, count]));
}

async function references(client: PrismaClient): Promise<{ references: number; referenced: number }> {
  const [row] = await client.$queryRaw<{ references: number; referenced: number }[]>`
    SELECT coalesce(sum(n), 0)::int AS references, count(*)::int AS referenced
    FROM (SELECT count(*) AS n FROM media WHERE blob_sha256 IS NOT NULL GROUP BY blob_sha256) AS shown`;
  return row ?? { references: 0, referenced: 0 };
}
