import { dirname, join } from 'node:path';
import { Child } from './child.ts';

const root = dirname(dirname(import.meta.dirname));
/** The workspace's own Node. */
const node = join(root, 'node_modules/node/bin/node');

/** The processes of the scaled mode: folders of `apps`. */
export const kinds = ['api', 'parse-worker', 'media-worker', 'push-dispatcher', 'scheduler'] as const;
export type Kind = (typeof kinds)[number];

/** A line of a process's log. */
export interface LogLine {
  time: string;
  level: string;
  message: string;
  service: string;
  name?: string;
  request_id?: string | null;
  trace_id?: string;
  content_id?: number;
  task_id?: string;
  target_id?: string;
  [field: string]: unknown;
}

/** Where a member is and what it gets. */
export interface MemberOptions {
  kind: Kind;
  /** Counts from 1 within its kind. */
  index: number;
  apiPort: number;
  metricsPort: number;
  logFile: string;
  env: Record<string, string>;
  /** For Node, such as `--cpu-prof`. */
  nodeArgs?: readonly string[] | undefined;
}

/** One process of a cluster, with ports that it keeps over all its lives. */
export class Member extends Child {
  readonly kind: Kind;
  readonly index: number;
  /** Base URL of the API; empty for the other kinds. */
  readonly url: string;
  /** Base URL of `/livez`, `/readyz`, `/health` and `/metrics`. */
  readonly metricsUrl: string;

  constructor({ kind, index, apiPort, metricsPort, logFile, env, nodeArgs = [] }: MemberOptions) {
    const metricsUrl = `http://127.0.0.1:${metricsPort}`;
    super({
      name: `${kind}-${index}`,
      command: [node, ...nodeArgs, join(root, 'apps', kind, 'dist/main.js')],
      cwd: root,
      env: { ...env, API_PORT: String(apiPort), METRICS_HOST: '127.0.0.1', METRICS_PORT: String(metricsPort) },
      logFile,
      async probe() {
        const { status } = await fetch(`${metricsUrl}/readyz`, { signal: AbortSignal.timeout(2_000) });
        if (status !== 200) throw new Error(`/readyz answers ${status}`);
      },
    });
    this.kind = kind;
    this.index = index;
    this.url = kind === 'api' ? `http://127.0.0.1:${apiPort}` : '';
    this.metricsUrl = metricsUrl;
  }

  /** The log lines of all its lives. A line that a kill has cut is left out. */
  logs(): LogLine[] {
    return this.lines().flatMap((line) =>
      line.startsWith('{') && line.endsWith('}') ? [JSON.parse(line) as LogLine] : [],
    );
  }

  /** What it printed beside log lines, such as the one clear line of a refused start. */
  plain(): string[] {
    return this.lines().filter((line) => !line.startsWith('{'));
  }

  /** Sum of the samples of a metric whose labels have these values. */
  async metric(name: string, labels: Record<string, string> = {}): Promise<number> {
    const text = await (await fetch(`${this.metricsUrl}/metrics`, { signal: AbortSignal.timeout(5_000) })).text();
    const wanted = Object.entries(labels).map(([label, value]) => `${label}="${value}"`);
    return text
      .split('\n')
      .filter((line) => line.startsWith(`${name}{`) || line.startsWith(`${name} `))
      .filter((line) => wanted.every((pair) => line.includes(pair)))
      .reduce((sum, line) => sum + Number(line.slice(line.lastIndexOf(' ') + 1)), 0);
  }
}
