import { join } from 'node:path';
import { Balancer } from './balancer.ts';
import { keepUp, type Keeper } from './keep-up.ts';
import { kinds, Member, type Kind } from './member.ts';
import { stablePort } from './ports.ts';

export { kinds, Member, type Kind, type LogLine } from './member.ts';

export interface ClusterOptions {
  /** Folder for pictures (`blobs`) and logs (`logs/<member>.log`). */
  dir: string;
  /** How many of each kind. */
  counts: Partial<Record<Kind, number>>;
  /** For every process. DATABASE_URL is needed. */
  env: Record<string, string>;
  /** More for some of them. */
  envOf?: (kind: Kind, index: number) => Record<string, string>;
  /** HAProxy in front of the APIs: its path, and its port where it must be a certain one. */
  balancer?: { program: string; port?: number } | undefined;
  /** Start again what dies. */
  keepUp?: boolean;
  /** Gets a line for each such thing. */
  say?: (line: string) => void;
  nodeArgs?: readonly string[];
}

/** What a call to the API answered. */
export interface Answer {
  status: number;
  headers: Headers;
  // eslint-disable-next-line @typescript-eslint/no-explicit-any -- tests read answers freely
  body: any;
}

/** The scaled mode without containers: real processes of the built product against one Postgres, on loopback. */
export class Cluster {
  /** The admin token that a cluster accepts unless its `env` names another. */
  static readonly token = 'vs_cluster_0123456789abcdef0123456789abcdef0123456789a';
  readonly members: Member[] = [];
  balancer: Balancer | undefined;
  private readonly keepers = new Map<Member, Keeper>();

  private constructor(private readonly options: ClusterOptions) {}

  /** Makes all processes and resolves when all are ready. @throws Error with the last words of one that is not; nothing is left running. */
  static async start(options: ClusterOptions): Promise<Cluster> {
    const cluster = new Cluster(options);
    try {
      for (const kind of kinds)
        for (let index = 0; index < (options.counts[kind] ?? 0); index++) await cluster.make(kind);
      await Promise.all(cluster.members.map((member) => member.start()));
      if (options.balancer) await cluster.startBalancer(options.balancer);
    } catch (error) {
      await cluster.stop();
      throw error;
    }
    return cluster;
  }

  /** Where clients go: the balancer, else the first API. */
  get url(): string {
    return this.balancer?.url ?? this.of('api')[0]?.url ?? '';
  }

  get token(): string {
    return this.options.env['API_TOKEN'] ?? Cluster.token;
  }

  of(kind: Kind): Member[] {
    return this.members.filter((member) => member.kind === kind);
  }

  /** @throws Error for a name that there is not. */
  member(name: string): Member {
    const found = this.members.find((member) => member.name === name);
    if (!found) throw new Error(`there is no ${name}`);
    return found;
  }

  /** One more of a kind; resolves when it is ready. A balancer does not learn of a new API. */
  async add(kind: Kind): Promise<Member> {
    const member = await this.make(kind);
    await member.start();
    return member;
  }

  /** Calls the API with the admin token. A body that is text is sent as it is. @param base Of one replica. */
  async call(
    method: string,
    path: string,
    body?: unknown,
    headers: Record<string, string> = {},
    base = this.url,
  ): Promise<Answer> {
    const response = await fetch(`${base}${path}`, {
      method,
      headers: {
        'x-api-token': this.token,
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        ...headers,
      },
      ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
      signal: AbortSignal.timeout(20_000),
    });
    const raw = await response.text();
    const json = response.headers.get('content-type')?.includes('json') === true;
    return { status: response.status, headers: response.headers, body: json ? JSON.parse(raw) : raw };
  }

  /** Ends all in order: the processes, which may still need each other's work done, then the balancer. @returns exit codes by name. */
  async stop(): Promise<Record<string, number | null>> {
    for (const keeper of this.keepers.values()) keeper.release();
    const codes: Record<string, number | null> = {};
    await Promise.all(
      this.members.map(async (member) => {
        // One that is paused could not hear it.
        member.resume();
        codes[member.name] = (await member.stop()).code;
      }),
    );
    await this.balancer?.kill();
    return codes;
  }

  private async make(kind: Kind): Promise<Member> {
    const { dir, env, envOf, nodeArgs, say = () => undefined } = this.options;
    const index = this.of(kind).length + 1;
    const member = new Member({
      kind,
      index,
      apiPort: await stablePort(),
      metricsPort: await stablePort(),
      logFile: join(dir, 'logs', `${kind}-${index}.log`),
      nodeArgs,
      env: {
        PATH: process.env['PATH'] ?? '',
        HOME: process.env['HOME'] ?? '',
        API_TOKEN: Cluster.token,
        SECRETS_KEY: Buffer.alloc(32, 7).toString('base64'),
        API_HOST: '127.0.0.1',
        API_RATE_LIMIT: '0',
        API_TRUSTED_PROXIES: this.options.balancer ? '1' : '0',
        DATA_DIR: dir,
        STORAGE_LOCAL_ROOT: join(dir, 'blobs'),
        DB_DEPLOY_ON_START: 'true',
        ...env,
        ...envOf?.(kind, index),
      },
    });
    this.members.push(member);
    if (this.options.keepUp) this.keepers.set(member, keepUp(member, say));
    return member;
  }

  private async startBalancer({ program, port }: NonNullable<ClusterOptions['balancer']>): Promise<void> {
    const apis = this.of('api').map(({ url }) => url);
    this.balancer = new Balancer({
      program,
      port: port ?? (await stablePort()),
      apis,
      dir: join(this.options.dir, 'logs'),
    });
    await this.balancer.start();
  }
}
