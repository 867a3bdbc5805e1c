import { taskChannel } from '@vaultstream/contracts';
import type { Logger } from '@vaultstream/runtime';
import pg from 'pg';

/** Milliseconds before the next attempt to connect. */
const reconnectMs = 500;

/** Hears that tasks were appended: one connection of its own, which comes back when it breaks. */
export class TaskBell {
  private client: pg.Client | undefined;
  private retry: NodeJS.Timeout | undefined;
  private stopped = true;

  /** @param onRing Called for each notification, and after each connect: what was rung meanwhile was missed. */
  constructor(
    private readonly url: string,
    private readonly onRing: () => void,
    private readonly logger: Logger,
  ) {}

  start(): void {
    this.stopped = false;
    void this.listen();
  }

  async stop(): Promise<void> {
    this.stopped = true;
    clearTimeout(this.retry);
    await this.client?.end().catch(() => undefined);
  }

  private async listen(): Promise<void> {
    const client = new pg.Client({
      connectionString: this.url,
      connectionTimeoutMillis: 5_000,
      keepAlive: true,
      application_name: 'vaultstream-relay',
    });
    this.client = client;
    let lost = false;
    const onLost = (err?: Error) => {
      if (lost || this.stopped) return;
      lost = true;
      this.logger.debug({ name: 'relay.bell', err }, 'listening connection lost');
      void client.end().catch(() => undefined);
      this.retry = setTimeout(() => void this.listen(), reconnectMs);
    };
    client.on('error', onLost);
    client.on('end', () => onLost());
    client.on('notification', () => this.onRing());
    try {
      await client.connect();
      await client.query(`LISTEN ${taskChannel}`);
      this.onRing();
    } catch (error) {
      onLost(error instanceof Error ? error : new Error(String(error)));
    }
  }
}
