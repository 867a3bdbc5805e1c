import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

const root = dirname(dirname(dirname(dirname(dirname(fileURLToPath(import.meta.url))))));

export interface LogLine {
  level: string;
  message: string;
  name?: string;
  request_id?: string | null;
  trace_id?: string;
  content_id?: number;
  task_id?: string;
  [field: string]: unknown;
}

export interface ProductOptions {
  dataDir: string;
  port?: number;
  env?: Record<string, string>;
  /** Prefix of the command line, such as `setpriv` with its arguments. */
  prefix?: string[];
}

/** The built product as a real process with everything embedded. */
export class Product {
  readonly logs: LogLine[] = [];
  /** What was written that is not a log line: the greeting, or the one clear line of a refused start. */
  readonly plain: string[] = [];
  url = '';
  exit: { code: number | null; signal: NodeJS.Signals | null } | null = null;
  private readonly exited: Promise<void>;

  private constructor(
    readonly child: ChildProcess,
    readonly options: ProductOptions,
  ) {
    for (const stream of [child.stdout, child.stderr])
      if (stream) createInterface({ input: stream }).on('line', (line) => this.read(line));
    this.exited = once(child, 'exit').then(([code, signal]) => {
      this.exit = { code: code as number | null, signal: signal as NodeJS.Signals | null };
    });
  }

  /** Starts the process; use `ready` to wait for it. */
  static spawn(options: ProductOptions): Product {
    const command = [
      ...(options.prefix ?? []),
      join(root, 'node_modules/node/bin/node'),
      join(root, 'apps/standalone/dist/main.js'),
    ];
    const child = spawn(command[0] ?? '', command.slice(1), {
      cwd: root,
      env: {
        PATH: process.env['PATH'] ?? '',
        HOME: process.env['HOME'] ?? '',
        DATA_DIR: options.dataDir,
        API_PORT: String(options.port ?? 0),
        API_TOKEN: Product.token,
        LOG_LEVEL: 'debug',
        ...options.env,
      },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    return new Product(child, options);
  }

  static async start(options: ProductOptions): Promise<Product> {
    const product = Product.spawn(options);
    await product.ready();
    return product;
  }

  /** The admin token that every test product accepts. */
  static readonly token = 'vs_e2etests_0123456789abcdef0123456789abcdef0123456789a';

  /** Resolves when it listens; throws with what it said when it ends before that. */
  async ready(timeoutMs = 60_000): Promise<void> {
    const deadline = Date.now() + timeoutMs;
    while (this.url === '') {
      if (this.exit || Date.now() > deadline) {
        await this.kill();
        throw new Error(
          `did not start: ${[...this.plain, ...this.logs.slice(-5).map((line) => JSON.stringify(line))].join('\n')}`,
        );
      }
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  }

  async call(
    method: string,
    path: string,
    body?: unknown,
    headers: Record<string, string> = {},
    // eslint-disable-next-line @typescript-eslint/no-explicit-any -- tests read answers freely
  ): Promise<{ status: number; headers: Headers; body: any }> {
    const response = await fetch(`${this.url}${path}`, {
      method,
      headers: {
        'x-api-token': Product.token,
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

  /** Ends it in order and waits; answers the exit code. */
  async stop(): Promise<number | null> {
    if (!this.exit) this.child.kill('SIGTERM');
    await this.exited;
    return this.exit?.code ?? null;
  }

  /** SIGKILL for the main process alone: Postgres is left behind as an orphan. */
  async kill(): Promise<void> {
    if (!this.exit) this.child.kill('SIGKILL');
    await this.exited;
  }

  /** SIGKILL for the main process and everything below it. */
  async killTree(): Promise<void> {
    const pids = this.child.pid === undefined ? [] : [this.child.pid, ...this.descendants()];
    for (const pid of pids) {
      try {
        process.kill(pid, 'SIGKILL');
      } catch {
        // It has ended by itself.
      }
    }
    await this.exited;
  }

  /** Process ids below the main process: Postgres and other children. */
  descendants(): number[] {
    return this.child.pid === undefined ? [] : descendants(this.child.pid);
  }

  private read(line: string): void {
    if (line.startsWith('{')) {
      this.logs.push(JSON.parse(line) as LogLine);
      return;
    }
    this.plain.push(line);
    // The last thing a start does is to greet.
    this.url ||= /runs at (\S+)/.exec(line)?.[1] ?? '';
  }
}

/** Process ids below `pid`, from the kernel's own list. */
function descendants(pid: number): number[] {
  let children: number[];
  try {
    children = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').split(' ').filter(Boolean).map(Number);
  } catch {
    return [];
  }
  return children.flatMap((child) => [child, ...descendants(child)]);
}
