import { setTimeout as sleep } from 'node:timers/promises';
import { pino } from 'pino';
import { EmbeddedPostgres, type DataDirLock } from '@vaultstream/store/embedded';

/** Connections for a few dozen processes, and memory for more than one household. */
const settings = { max_connections: '300', shared_buffers: '128MB' };
/** Milliseconds before it is started again. */
const pauseMs = 1_000;

const logger = pino({ level: 'warn' }, process.stderr);

/** The embedded Postgres as a service of its own: started again, on the same port, when it dies. */
export class LocalPostgres {
  private stopping = false;
  private constructor(
    private server: EmbeddedPostgres,
    private readonly dir: string,
    private readonly lock: DataDirLock,
    private readonly say: (line: string) => void,
  ) {}

  /** @throws InfrastructureError with one clear line. */
  static async start(dir: string, lock: DataDirLock, say: (line: string) => void): Promise<LocalPostgres> {
    const late: { self?: LocalPostgres } = {};
    const server = await EmbeddedPostgres.start({
      dataDir: dir,
      lock,
      logger,
      settings,
      onExit: () => void late.self?.revive(),
    });
    late.self = new LocalPostgres(server, dir, lock, say);
    return late.self;
  }

  get url(): string {
    return this.server.url;
  }

  get pid(): number {
    return this.server.pid;
  }

  async stop(): Promise<void> {
    this.stopping = true;
    await this.server.stop();
  }

  private async revive(): Promise<void> {
    while (!this.stopping) {
      this.say(`postgres has ended: starting it again in ${pauseMs / 1_000} s`);
      await sleep(pauseMs);
      const { dir, lock, server } = this;
      const onExit = () => void this.revive();
      try {
        this.server = await EmbeddedPostgres.start({ dataDir: dir, lock, port: server.port, logger, settings, onExit });
        return;
      } catch (error) {
        this.say(`postgres does not start: ${error instanceof Error ? error.message : String(error)}`);
      }
    }
  }
}
