import type { Database } from '../database/database.ts';
import { Events } from '../events/events.ts';
import { toBlobRecord, type BlobRecord, type BlobRow } from './blob-row.ts';

/** What a piece of the daily check has read. */
export interface ScrubProgress {
  /** Hash of the last blob that was read: the next piece begins behind it. Empty: at the first one. */
  behind: string;
  checked: number;
  bytes: number;
  corrupt: number;
  missing: number;
}

/** How far the check of all stored bytes is. */
export interface ScrubState {
  behind: string;
  /** Bytes that were read since midnight, UTC. */
  bytesToday: number;
  /** Today's share was done. */
  doneToday: boolean;
}

/**
 * The memory of the daily check of stored bytes: its own events, so that a killed run goes on where it was, and everybody can read what was
 * found. It walks the blobs by hash, which is a random order, and begins anew at the end.
 */
export class ScrubLog {
  constructor(private readonly db: Database) {}

  async state(): Promise<ScrubState> {
    const [row] = await this.db.reading(
      (client) => client.$queryRaw<ScrubState[]>`
        SELECT coalesce((SELECT payload->>'behind' FROM events WHERE type = 'scrub.progressed' ORDER BY created_at DESC, id DESC LIMIT 1), '') AS behind,
          coalesce((SELECT sum((payload->>'bytes')::float8) FROM events
            WHERE type = 'scrub.progressed' AND created_at >= date_trunc('day', now(), 'UTC')), 0)::float8 AS "bytesToday",
          EXISTS (SELECT 1 FROM events WHERE type = 'scrub.finished' AND created_at >= date_trunc('day', now(), 'UTC')) AS "doneToday"`,
    );
    return row ?? { behind: '', bytesToday: 0, doneToday: false };
  }

  /** Blobs that should be there, by hash, behind one of them. */
  async next(behind: string, limit: number): Promise<BlobRecord[]> {
    const rows = await this.db.reading(
      (client) => client.$queryRaw<BlobRow[]>`
        SELECT sha256, key, mime, size, width, height, state, created_at AS "createdAt", touched_at AS "touchedAt" FROM blobs
        WHERE sha256 > ${behind} AND state IN ('live', 'condemned', 'damaged') ORDER BY sha256 LIMIT ${limit}::int`,
    );
    return rows.map(toBlobRecord);
  }

  async progressed(progress: ScrubProgress): Promise<void> {
    await this.db.transact((tx) => Events.append(tx, [{ type: 'scrub.progressed', payload: { ...progress } }]));
  }

  /** Today's share is done. @param pass Whether it has reached the last blob: the next one begins at the first. */
  async finished(pass: 'goes on' | 'complete'): Promise<void> {
    await this.db.transact((tx) => Events.append(tx, [{ type: 'scrub.finished', payload: { pass } }]));
  }
}
