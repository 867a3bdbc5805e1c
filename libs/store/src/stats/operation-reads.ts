import type { DeliveryState, EventType } from '@vaultstream/contracts';
import type { Database } from '../database/database.ts';

/** A schedule by the clock of the database. */
export interface ScheduleClock {
  name: string;
  /** Unix time in seconds; 0: never. */
  lastRunAt: number;
  /** Seconds that it has been due without having run; 0 while it is not due. */
  overdue: number;
}

/** Windows that the use of tokens is counted over: SQL intervals by their labels. */
const tokenWindows = { '1h': '1 hour', '1d': '1 day', '7d': '7 days' } as const;
export type TokenWindow = keyof typeof tokenWindows;

/** Deliveries without their end. */
const openStates = ['planned', 'held', 'sending', 'unconfirmed'] as const satisfies DeliveryState[];

/** Reads of the gauges that an operator looks at. Each statement goes by an index, or over a table that is small. */
export class OperationReads {
  constructor(private readonly db: Database) {}

  /** Schedules that are switched on. */
  async schedules(): Promise<ScheduleClock[]> {
    return this.db.reading(
      (client) => client.$queryRaw<ScheduleClock[]>`
        SELECT name, coalesce(extract(epoch FROM last_run_at), 0)::float8 AS "lastRunAt",
          greatest(0, extract(epoch FROM clock_timestamp() - next_run_at))::float8 AS overdue
        FROM schedules WHERE enabled ORDER BY name`,
    );
  }

  /** When an event of a type was last written: Unix time in seconds; 0: never. Only of the types that the index `events_milestones` holds. */
  async lastEventAt(type: Extract<EventType, 'backup.finished' | 'scrub.finished'>): Promise<number> {
    const [row] = await this.db.reading((client) =>
      // The type stands in the text, so that the planner sees that the partial index holds it.
      client.$queryRawUnsafe<{ at: number }[]>(
        `SELECT extract(epoch FROM created_at)::float8 AS at FROM events WHERE type = '${type}' ORDER BY created_at DESC LIMIT 1`,
      ),
    );
    return row?.at ?? 0;
  }

  /** Contents that were created in the last 24 hours and can be seen, by platform. */
  async contentsLastDay(): Promise<{ platform: string; count: number }[]> {
    return this.db.reading(
      (client) => client.$queryRaw<{ platform: string; count: number }[]>`
        SELECT platform, count(*)::int AS count FROM contents
        WHERE created_at > now() - interval '1 day' AND deleted_at IS NULL AND merged_into IS NULL GROUP BY platform`,
    );
  }

  /** Tokens that were used within each window. */
  async activeTokens(): Promise<Record<TokenWindow, number>> {
    const [row] = await this.db.reading(
      (client) => client.$queryRaw<Record<TokenWindow, number>[]>`
        SELECT count(*) FILTER (WHERE last_used_at > now() - ${tokenWindows['1h']}::interval)::int AS "1h",
          count(*) FILTER (WHERE last_used_at > now() - ${tokenWindows['1d']}::interval)::int AS "1d",
          count(*)::int AS "7d"
        FROM api_tokens WHERE last_used_at > now() - ${tokenWindows['7d']}::interval AND revoked_at IS NULL`,
    );
    return row ?? { '1h': 0, '1d': 0, '7d': 0 };
  }

  /** Deliveries without their end, by state: every such state, 0 too. */
  async openDeliveries(): Promise<{ state: DeliveryState; count: number }[]> {
    return this.db.reading(
      (client) => client.$queryRaw<{ state: DeliveryState; count: number }[]>`
        SELECT wanted AS state, (SELECT count(*) FROM deliveries WHERE state = wanted)::int AS count
        FROM unnest(${openStates}::text[]) AS wanted`,
    );
  }

  /** Targets that are not deleted, by kind and state. `failing`: nothing has gone through since the last failure. */
  async targets(): Promise<{ kind: string; state: 'ok' | 'failing' | 'disabled'; count: number }[]> {
    return this.db.reading(
      (client) => client.$queryRaw<{ kind: string; state: 'ok' | 'failing' | 'disabled'; count: number }[]>`
        SELECT kind, CASE WHEN NOT enabled THEN 'disabled' WHEN consecutive_failures > 0 THEN 'failing' ELSE 'ok' END AS state,
          count(*)::int AS count
        FROM targets WHERE deleted_at IS NULL GROUP BY 1, 2`,
    );
  }
}
