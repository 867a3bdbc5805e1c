import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { freePort } from '@vaultstream/store/embedded';
import { tempDir } from '../temp-dir.ts';
import { required } from './required.ts';
import { ServiceProcess } from './service-process.ts';

/** Whether tests can have a Prometheus of their own; where CI=true, one must be there. */
export const prometheusIsHere = (): boolean =>
  required('Prometheus', 'TEST_PROMETHEUS') !== null && required('promtool', 'TEST_PROMTOOL') !== null;

/** One series of an answer: its labels, and its value at the time that was asked for. */
export interface PromSample {
  labels: Record<string, string>;
  value: number;
}

/** A rule as Prometheus has loaded it. */
export interface PromRule {
  name: string;
  type: 'alerting' | 'recording';
  query: string;
  health: 'ok' | 'err' | 'unknown';
  lastError?: string;
  /** Of alerting rules only. */
  state?: 'inactive' | 'pending' | 'firing';
}

/** A place that Prometheus reads metrics from. */
export interface PromTarget {
  labels: Record<string, string>;
  health: 'up' | 'down' | 'unknown';
  lastError: string;
}

/** A real Prometheus of one test suite on a free port of 127.0.0.1. `remove` it in `afterAll`. */
export class TestPrometheus extends ServiceProcess {
  private constructor(
    readonly url: string,
    program: string,
    folder: string,
    private readonly removeFolder: () => Promise<void>,
  ) {
    super({
      program,
      args: [
        ...[`--config.file=${join(folder, 'prometheus.yml')}`, `--storage.tsdb.path=${join(folder, 'data')}`],
        ...[`--web.listen-address=${new URL(url).host}`, '--storage.tsdb.retention.time=1h', '--log.level=warn'],
      ],
      log: join(folder, 'prometheus.log'),
      probe: async () => {
        const { status } = await fetch(`${url}/-/ready`, { signal: AbortSignal.timeout(2_000) });
        if (status !== 200) throw new Error(`Prometheus answers ${status}`);
      },
    });
  }

  /**
   * @param config Text of its prometheus.yml; gets its own `host:port`, so that it can read itself.
   * @throws when there is no Prometheus: ask `prometheusIsHere` first.
   */
  static async start(config: (host: string) => string): Promise<TestPrometheus> {
    const program = required('Prometheus', 'TEST_PROMETHEUS');
    if (program === null) throw new Error('there is no Prometheus');
    const folder = await tempDir();
    const host = `127.0.0.1:${await freePort()}`;
    writeFileSync(join(folder.path, 'prometheus.yml'), config(host));
    const prometheus = new TestPrometheus(`http://${host}`, program, folder.path, folder.remove);
    await prometheus.start();
    return prometheus;
  }

  /** Evaluates an expression now. @throws Error with what Prometheus says of a bad one. */
  async query(expression: string): Promise<PromSample[]> {
    const { result, resultType } = await this.ask<QueryData>('/api/v1/query', { query: expression });
    if (resultType === 'scalar') return [{ labels: {}, value: Number(result[1]) }];
    return result.map(({ metric, value }) => ({ labels: metric, value: Number(value[1]) }));
  }

  async rules(): Promise<PromRule[]> {
    const { groups } = await this.ask<{ groups: { rules: PromRule[] }[] }>('/api/v1/rules');
    return groups.flatMap(({ rules }) => rules);
  }

  async targets(): Promise<PromTarget[]> {
    const { activeTargets } = await this.ask<{ activeTargets: PromTarget[] }>('/api/v1/targets');
    return activeTargets;
  }

  async remove(): Promise<void> {
    await this.kill();
    await this.removeFolder();
  }

  private async ask<T>(path: string, form: Record<string, string> = {}): Promise<T> {
    const answer = await fetch(`${this.url}${path}?${new URLSearchParams(form).toString()}`, {
      signal: AbortSignal.timeout(20_000),
    });
    const body = (await answer.json()) as { status: string; error?: string; data: T };
    if (body.status !== 'success') throw new Error(`${body.error ?? answer.status}: ${form['query'] ?? path}`);
    return body.data;
  }
}

type QueryData =
  | { resultType: 'scalar'; result: [number, string] }
  | { resultType: 'vector'; result: { metric: Record<string, string>; value: [number, string] }[] };

/** Runs promtool. @returns Its exit code and all that it said. @throws when there is none: ask `prometheusIsHere` first. */
export function promtool(...args: string[]): { code: number | null; output: string } {
  const program = required('promtool', 'TEST_PROMTOOL');
  if (program === null) throw new Error('there is no promtool');
  const { status, stdout, stderr, error } = spawnSync(program, args, { encoding: 'utf8', timeout: 60_000 });
  if (error) throw error;
  return { code: status, output: `${stdout}${stderr}` };
}
