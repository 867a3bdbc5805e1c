import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { DataDirLock } from '@vaultstream/store/embedded';
import type { Child } from './child.ts';
import { Cluster } from './cluster.ts';
import { keepUp, type Keeper } from './keep-up.ts';
import { LocalPostgres } from './local-postgres.ts';
import type { ScaleOptions } from './options.ts';
import { stablePort } from './ports.ts';
import { ensureSecrets } from './secrets.ts';
import { minioService, redisService, type Service } from './services.ts';

/** Paths of the programs that there are; null: not to be had here. */
export interface Programs {
  redis: string | null;
  minio: string | null;
  balancer: string | null;
}

/** One line of the table that tells where to look. */
export interface Place {
  name: string;
  address: string;
  metrics: string;
  pid: number | undefined;
  log: string;
}

export interface LocalClusterOptions extends Pick<ScaleOptions, 'counts' | 'port'> {
  /** Folder of everything: database, Redis, MinIO, secrets, logs. */
  dir: string;
  /** Of that folder; given back at the end. */
  lock: DataDirLock;
  programs: Programs;
  /** The caller's variables: they go before what is made here. */
  env: NodeJS.ProcessEnv;
  /** Gets a line for whatever a person should know. */
  say: (line: string) => void;
}

/** The whole scaled mode on one machine, with the services that the environment does not name. */
export class LocalCluster {
  private readonly ends: (() => Promise<unknown>)[] = [];
  private readonly keepers: Keeper[] = [];
  private readonly children: Child[] = [];
  private cluster: Cluster | undefined;
  private postgres: LocalPostgres | undefined;
  private stopped: Promise<void> | undefined;
  /** The admin token; null: the environment names one. */
  token: { value: string; file: string; fresh: boolean } | null = null;

  private constructor(private readonly options: LocalClusterOptions) {}

  /** @throws Error with one clear line; nothing is left running. */
  static async start(options: LocalClusterOptions): Promise<LocalCluster> {
    const self = new LocalCluster(options);
    try {
      await self.up();
    } catch (error) {
      await self.stop();
      throw error;
    }
    return self;
  }

  /** Where clients go. */
  get url(): string {
    return this.cluster?.url ?? '';
  }

  /** Everything that runs here. */
  places(): Place[] {
    const { postgres, cluster } = this;
    const plain = (child: Child, address = '') => ({
      name: child.name,
      address,
      metrics: '',
      pid: child.pid,
      log: child.logFile,
    });
    return [
      ...(cluster?.balancer ? [plain(cluster.balancer, cluster.url)] : []),
      ...(cluster?.members ?? []).map((member) => ({
        ...plain(member, member.url),
        metrics: `${member.metricsUrl}/metrics`,
      })),
      ...this.children.map((child) => plain(child)),
      ...(postgres ? [{ name: 'postgres', address: '', metrics: '', pid: postgres.pid, log: '' }] : []),
    ];
  }

  /** Ends all in order: the processes, the balancer, Redis and MinIO, Postgres, the lock. */
  stop(): Promise<void> {
    this.stopped ??= (async () => {
      for (const keeper of this.keepers) keeper.release();
      for (const end of this.ends.splice(0).reverse()) await end();
    })();
    return this.stopped;
  }

  /** Ends all at once, without order. */
  kill(): void {
    for (const { pid } of this.places()) {
      try {
        if (pid !== undefined) process.kill(pid, 'SIGKILL');
      } catch {
        // It has ended by itself.
      }
    }
  }

  private async up(): Promise<void> {
    const { dir, lock, env, counts, port, programs, say } = this.options;
    this.ends.push(() => lock.release());
    await mkdir(join(dir, 'logs'), { recursive: true });
    const { secrets, ...made } = ensureSecrets(dir);
    if (!env['API_TOKEN']) this.token = { ...made, value: secrets.apiToken };
    const found: Record<string, string> = { SECRETS_KEY: secrets.secretsKey, API_TOKEN: secrets.apiToken };
    if (!env['DATABASE_URL']) {
      this.postgres = await LocalPostgres.start(dir, lock, say);
      this.ends.push(async () => this.postgres?.stop());
      found['DATABASE_URL'] = this.postgres.url;
    }
    const services = await this.services(secrets);
    await Promise.all(services.map((service) => this.run(service, found)));
    this.cluster = await Cluster.start({
      dir,
      counts,
      env: { SHUTDOWN_DRAIN: '2', API_RATE_LIMIT: '', ...found, ...set(env) },
      keepUp: true,
      say,
      balancer: programs.balancer === null ? undefined : { program: programs.balancer, ...(port && { port }) },
    });
    this.ends.push(async () => this.cluster?.stop());
    if (this.cluster.balancer) this.keepers.push(keepUp(this.cluster.balancer, say));
  }

  /** The services that the environment does not name and whose programs are here. */
  private async services(secrets: Parameters<typeof redisService>[3]): Promise<Service[]> {
    const { env, programs, dir, say } = this.options;
    const services: Service[] = [];
    const ownQueue = !env['REDIS_URL'] && env['QUEUE_TYPE'] !== 'postgres';
    if (ownQueue && programs.redis !== null)
      services.push(redisService(programs.redis, dir, await stablePort(), secrets));
    else if (ownQueue) say('there is no redis-server: tasks are carried by Postgres');
    const ownStorage = !env['STORAGE_S3_BUCKET'] && env['STORAGE_BACKEND'] !== 'local';
    if (ownStorage && programs.minio !== null)
      services.push(minioService(programs.minio, dir, [await stablePort(), await stablePort()], secrets));
    else if (ownStorage) say(`there is no MinIO: pictures are kept in ${join(dir, 'blobs')}`);
    return services;
  }

  private async run({ child, env }: Service, found: Record<string, string>): Promise<void> {
    this.children.push(child);
    this.ends.push(() => child.stop());
    await child.start();
    this.keepers.push(keepUp(child, this.options.say));
    Object.assign(found, env);
  }
}

/** The variables that are set. */
function set(env: NodeJS.ProcessEnv): Record<string, string> {
  return Object.fromEntries(Object.entries(env).filter((entry): entry is [string, string] => Boolean(entry[1])));
}
