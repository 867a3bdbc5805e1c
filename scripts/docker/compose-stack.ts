import { randomBytes } from 'node:crypto';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { isFree, stablePort } from '../scale/ports.ts';
import { attempt, run, type Done } from './command.ts';
import type { Engine } from './engine.ts';

const root = dirname(dirname(import.meta.dirname));

/** Services of docker-compose.yml whose images are ours and that go on running. */
export const processes = ['api', 'parse-worker', 'media-worker', 'push-dispatcher', 'scheduler'] as const;

/** Never replaced by something else: where its image cannot be had it is left out. */
const optional = 'grafana';

/** Images of others that docker-compose.yml and the Dockerfile ask for, with tags. */
export async function officialImages({ compose, env }: Engine): Promise<string[]> {
  const [program = '', ...args] = compose;
  const list = await run(program, [...args, '--env-file', '/dev/null', 'config', '--images'], { cwd: root, env });
  const base = /^ARG NODE_IMAGE=(\S+)$/m.exec(readFileSync(join(root, 'Dockerfile'), 'utf8'))?.[1] ?? '';
  return [base, ...new Set(list.split('\n').filter((name) => !name.startsWith('vaultstream/')))];
}

/** One container, as `docker inspect` tells of it; the fields that are looked at. */
export interface Container {
  Name: string;
  Config: { User: string; Env: string[]; Image: string; Labels: Record<string, string> };
  HostConfig: { ReadonlyRootfs: boolean; CapDrop: string[] | null; SecurityOpt: string[] | null; Privileged: boolean };
  State: { Status: string; ExitCode: number; OOMKilled: boolean; Health?: { Status: string } };
}

/** docker-compose.yml brought up under a name, on ports and with images and volumes of its own, as a newcomer brings it up. */
export class ComposeStack {
  /** Also the tag of the images. */
  readonly name = `vaultstream-test-${randomBytes(4).toString('hex')}`;
  /** A folder of its own, for files. */
  readonly dir = mkdtempSync(join(tmpdir(), 'vaultstream-compose-'));
  private readonly ports: Record<string, string> = {};
  private settings = '';

  constructor(
    readonly engine: Engine,
    private readonly withGrafana: boolean,
  ) {}

  /** Chooses ports. */
  async prepare(): Promise<void> {
    for (const name of ['API_PORT', 'MINIO_PORT', 'PROMETHEUS_PORT', 'GRAFANA_PORT', 'SANDBOX_PORT'])
      this.ports[name] = String(await stablePort());
    this.set({});
  }

  /** Base URL of a published port, such as `API_PORT`. */
  url(port: string): string {
    return `http://127.0.0.1:${this.ports[port]}`;
  }

  /** Settings, as a person writes them into .env. */
  set(settings: Record<string, string>): void {
    this.settings += Object.entries(settings)
      .map(([name, value]) => `${name}=${value}\n`)
      .join('');
    writeFileSync(join(this.dir, 'env'), this.settings);
  }

  /** Runs Compose. @throws Error with its last words. @returns its stdout. */
  async compose(...args: string[]): Promise<string> {
    const [program = '', ...plugin] = this.engine.compose;
    return run(program, [...plugin, ...args], { cwd: root, env: this.env() });
  }

  /** Builds all images of ours. */
  async build(): Promise<void> {
    await this.compose('--profile', 'sandbox', 'build', '--quiet');
  }

  /** Brings everything up that `docker compose up` does, and the sandbox. @throws Error with what the containers said. */
  async up(): Promise<void> {
    const scale = this.withGrafana ? [] : ['--scale', `${optional}=0`];
    try {
      // What is there is there: an image that is left out would be asked for all the same.
      const args = ['up', '--detach', '--wait', '--wait-timeout', '480', '--pull', 'never', ...scale];
      await this.compose('--profile', 'sandbox', ...args);
    } catch (error) {
      const said = await this.compose('logs', '--no-color', '--tail', '15').catch(() => '');
      throw new Error(`${String(error)}\n\n${said}`, { cause: error });
    }
  }

  /** Starts these services alone, and waits until they are healthy. */
  async start(...services: string[]): Promise<void> {
    await this.compose('up', '--detach', '--wait', '--wait-timeout', '240', '--pull', 'never', ...services);
  }

  /** All containers of these services, ended ones too. */
  async containers(...services: string[]): Promise<Container[]> {
    const ids = (await this.compose('--profile', '*', 'ps', '--all', '--quiet', ...services))
      .split('\n')
      .filter(Boolean);
    return JSON.parse(await this.docker('inspect', ...ids)) as Container[];
  }

  /** More or fewer of a service; resolves when all are healthy. */
  async scale(service: string, count: number): Promise<void> {
    const args = ['up', '--detach', '--wait', '--wait-timeout', '240', '--pull', 'never', '--no-recreate', '--no-deps'];
    await this.compose(...args, '--scale', `${service}=${count}`, service);
  }

  /** Takes a service's container and its volume of this name away. */
  async wipe(service: string, volume: string): Promise<void> {
    await this.compose('rm', '--stop', '--force', service);
    await this.docker('volume', 'rm', `${this.name}_${volume}`);
  }

  /** Runs an entry of the image `migrate` once. @throws Error with what it said when it ends with another code than 0. @returns its stdout. */
  async once(entry: string): Promise<string> {
    return this.compose('run', '--rm', '--no-deps', 'migrate', 'node', `apps/migrate/dist/${entry}.js`);
  }

  /** Ids of the running containers of a service. */
  async replicas(service: string): Promise<string[]> {
    return (await this.compose('ps', '--quiet', service)).split('\n').filter(Boolean);
  }

  async docker(...args: string[]): Promise<string> {
    return run('docker', args, { env: this.engine.env });
  }

  /** Size of what one of our images adds to Node: bytes. */
  async ownBytes(app: string): Promise<number> {
    const image = `vaultstream/${app}:${this.name}`;
    const layers = await this.docker('history', '--human=false', '--format', '{{.Size}}\t{{.CreatedBy}}', image);
    return layers
      .split('\n')
      .filter((line) => /COPY .*\/(?:modules|program)/.test(line))
      .reduce((sum, line) => sum + Number.parseInt(line), 0);
  }

  /** Runs a command in a container of a service. */
  async exec(service: string, ...command: string[]): Promise<Done> {
    const [program = '', ...plugin] = this.engine.compose;
    const args = ['exec', '--no-TTY', service, ...command];
    return attempt(program, [...plugin, ...args], { cwd: root, env: this.env() });
  }

  /** Takes everything away: containers, networks, volumes, images of ours. Nothing when that was done. */
  async remove(): Promise<void> {
    if (!existsSync(this.dir)) return;
    await this.compose('--profile', '*', 'down', '--volumes', '--remove-orphans', '--timeout', '20');
    const images = await this.docker('images', '--quiet', '--filter', `reference=vaultstream/*:${this.name}`);
    if (images !== '') await this.docker('image', 'rm', '--force', ...new Set(images.split('\n')));
    rmSync(this.dir, { recursive: true, force: true });
  }

  /** Whether all ports are free again. */
  async portsAreFree(): Promise<boolean> {
    return (await Promise.all(Object.values(this.ports).map((port) => isFree(Number(port))))).every(Boolean);
  }

  private env(): NodeJS.ProcessEnv {
    const file = join(this.dir, 'env');
    return {
      ...this.engine.env,
      ...this.ports,
      COMPOSE_PROJECT_NAME: this.name,
      COMPOSE_ENV_FILES: file,
      COMPOSE_PROGRESS: 'plain',
      VAULTSTREAM_TAG: this.name,
      VAULTSTREAM_ENV_FILE: file,
    };
  }
}
