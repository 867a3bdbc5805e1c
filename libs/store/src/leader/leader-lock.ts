import type { Leadership, Logger } from '@vaultstream/runtime';
import pg from 'pg';

/** Milliseconds between two looks: how long the others take to notice that the elected process is gone. */
const lookMs = 2_000;
/** Seconds without a word after which Postgres ends the session of a process that was paused or cut off, and its lock with it. */
const silentS = 10;
/** Milliseconds that an answer may take before the connection counts as lost. */
const answerMs = 4_000;

/** Keys of session-level advisory locks by role; the digits have no meaning. */
const locks = { metrics: 4_711_002 } as const;
export type LeaderRole = keyof typeof locks;

/**
 * Elects one process among those that stand for a role: whoever holds an advisory lock of the database, on a connection of its own. The lock
 * goes with the connection, so a killed process leads no longer at once, and one that was paused, or cut off from the database, after 10 s
 * (`idle_session_timeout`). Needs a connection that is not shared: a pooler in transaction mode would lend the session to others.
 */
export class LeaderLock implements Leadership {
  private client: pg.Client | undefined;
  private held = false;
  private looking: Promise<void> | undefined;
  private timer: NodeJS.Timeout | undefined;
  private stopped = true;

  constructor(
    private readonly url: string,
    private readonly role: LeaderRole,
    private readonly logger: Logger,
  ) {}

  start(): void {
    this.stopped = false;
    this.lookAgain(0);
  }

  /** Resolves when the lock is free for the others. */
  async stop(): Promise<void> {
    this.stopped = true;
    clearTimeout(this.timer);
    await this.looking;
    await this.disconnect();
  }

  /** Asks the database, so that a process that was paused does not believe what was true before. */
  async holds(): Promise<boolean> {
    const { client } = this;
    if (!this.held || client === undefined) return false;
    try {
      await client.query('SELECT 1');
    } catch {
      return false;
    }
    return this.held && this.client === client;
  }

  private lookAgain(afterMs: number): void {
    if (this.stopped) return;
    this.timer = setTimeout(() => {
      this.looking = this.look().finally(() => this.lookAgain(lookMs));
    }, afterMs);
    this.timer.unref();
  }

  private async look(): Promise<void> {
    try {
      const client = this.client ?? (await this.connect());
      if (this.held) {
        await client.query('SELECT 1');
        return;
      }
      const { rows } = await client.query<{ held: boolean }>('SELECT pg_try_advisory_lock($1::bigint) AS held', [
        locks[this.role],
      ]);
      if (this.client !== client || rows[0]?.held !== true) return;
      this.held = true;
      this.logger.info({ name: 'leader.elected', role: this.role }, 'this process was elected');
    } catch (err) {
      this.logger.debug({ name: 'leader', role: this.role, err }, 'cannot stand for election');
      await this.disconnect();
    }
  }

  private async connect(): Promise<pg.Client> {
    const client = new pg.Client({
      connectionString: this.url,
      connectionTimeoutMillis: 5_000,
      query_timeout: answerMs,
      keepAlive: true,
      application_name: 'vaultstream-leader',
      options: `-c idle_session_timeout=${silentS}s -c TimeZone=UTC`,
    });
    const onLost = () => {
      if (this.client === client) void this.disconnect();
    };
    client.on('error', onLost);
    client.on('end', onLost);
    this.client = client;
    await client.connect();
    return client;
  }

  private async disconnect(): Promise<void> {
    const { client } = this;
    if (this.held && !this.stopped)
      this.logger.warn({ name: 'leader.lost', role: this.role }, 'this process is elected no longer');
    this.held = false;
    this.client = undefined;
    await client?.end().catch(() => undefined);
  }
}
