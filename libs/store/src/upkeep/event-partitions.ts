import { translateDatabaseError } from '../database/pg-errors.ts';
import type { Database } from '../database/database.ts';
import type { TxClient } from '../database/tx.ts';
import { Prisma } from '../generated/client.ts';

/** Months that get a partition ahead of time, the running one included. */
const monthsAhead = 3;

/** Rows of a month in the default partition that are still moved: so many take well below a second. */
const maxMoved = 20_000;

interface Month {
  name: string;
  from: string;
  to: string;
}

/** The partition of the month that lies `offset` months from now (UTC). */
function month(offset: number, now: Date): Month {
  const first = (shift: number) => new Date(Date.UTC(now.getUTCFullYear(), now.getUTCMonth() + offset + shift, 1));
  const [from, to] = [first(0).toISOString(), first(1).toISOString()];
  return { name: `events_${from.slice(0, 7).replace('-', '_')}`, from, to };
}

/** Keeps the monthly partitions of the event log: makes the coming ones, drops the ones that policy has outlived. */
export class EventPartitions {
  constructor(private readonly db: Database) {}

  /**
   * Makes what is missing of this month and the next two. Rows that had to go to the default partition meanwhile are moved;
   * a month that has too many of them there for one short transaction stays there to its end. Safe in several processes at once.
   * @returns the names made.
   */
  async ensure(now = new Date()): Promise<string[]> {
    const existing = new Set(await this.names());
    const made: string[] = [];
    for (let offset = 0; offset < monthsAhead; offset++) {
      const wanted = month(offset, now);
      if (!existing.has(wanted.name) && (await this.make(wanted))) made.push(wanted.name);
    }
    return made;
  }

  /**
   * Drops the partitions of months that ended more than `months` months ago.
   * @returns the names dropped.
   */
  async drop(months: number, now = new Date()): Promise<string[]> {
    const oldest = month(-months, now).name;
    const old = (await this.names()).filter((name) => /^events_\d{4}_\d\d$/.test(name) && name < oldest);
    for (const name of old) await this.execute((client) => client.$executeRaw(Prisma.raw(`DROP TABLE ${name}`)));
    return old;
  }

  private async names(): Promise<string[]> {
    const rows = await this.db.reading(
      (client) => client.$queryRaw<{ name: string }[]>`
        SELECT c.relname AS name FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid
        WHERE i.inhparent = 'events'::regclass`,
    );
    return rows.map((row) => row.name);
  }

  private async make({ name, from, to }: Month): Promise<boolean> {
    return this.execute((client) =>
      client.$transaction(async (tx) => {
        await tx.$executeRaw`SELECT pg_advisory_xact_lock(hashtext('vaultstream.event-partitions'))`;
        const [known] = await tx.$queryRaw<{ exists: boolean }[]>`SELECT to_regclass(${name}) IS NOT NULL AS exists`;
        if (known?.exists === true) return false;
        // Writers wait before they choose a partition: a row that went to the default one meanwhile would refuse the attaching, and one that
        // waited there for its end would be refused itself.
        await tx.$executeRaw`LOCK TABLE events IN SHARE ROW EXCLUSIVE MODE`;
        if (await crowded(tx, from, to)) return false;
        // The names come from a clock, not from a caller; Postgres takes no parameters in DDL.
        await tx.$executeRaw(Prisma.raw(`CREATE TABLE ${name} (LIKE events INCLUDING ALL EXCLUDING IDENTITY)`));
        await tx.$executeRaw(
          Prisma.raw(`WITH moved AS (DELETE FROM events_default WHERE created_at >= '${from}' AND created_at < '${to}' RETURNING *)
            INSERT INTO ${name} SELECT * FROM moved`),
        );
        await tx.$executeRaw(
          Prisma.raw(`ALTER TABLE events ATTACH PARTITION ${name} FOR VALUES FROM ('${from}') TO ('${to}')`),
        );
        return true;
      }),
    );
  }

  private async execute<T>(work: (client: Database['client']) => Promise<T>): Promise<T> {
    try {
      return await work(this.db.client);
    } catch (error) {
      throw translateDatabaseError(error);
    }
  }
}

/** True when the default partition holds more rows of a month than can be moved at once. */
async function crowded(tx: TxClient, from: string, to: string): Promise<boolean> {
  const [row] = await tx.$queryRaw<{ crowded: boolean }[]>`
    SELECT count(*) > ${maxMoved}::int AS crowded FROM (
      SELECT 1 FROM events_default WHERE created_at >= ${from}::timestamptz AND created_at < ${to}::timestamptz
      LIMIT ${maxMoved + 1}) AS rows`;
  return row?.crowded === true;
}
