import { join } from 'node:path';
import { tempDir, TestPrometheus } from '@vaultstream/testing';
import { stringify } from 'yaml';
import { kinds } from '../scale/cluster.ts';
import { partsHere, ScaleWorld } from '../scale/world.ts';
import { prometheusFolder } from './rule-files.ts';

/** Milliseconds between two rounds of traffic: rates over a minute must never be of an idle system. */
const roundMs = 400;

/** A cluster of real processes under traffic, and a Prometheus that reads it with our rules. */
export class LiveWorld {
  private article = 0;
  private traffic: Promise<void> = Promise.resolve();
  private ended = false;
  private constructor(
    readonly world: ScaleWorld,
    readonly prometheus: TestPrometheus,
    private readonly end: () => Promise<void>,
  ) {}

  static async start(): Promise<LiveWorld> {
    const logs = await tempDir();
    const ends = [logs.remove];
    const end = async () => {
      for (const stop of ends.splice(0).reverse()) await stop();
    };
    try {
      const world = await ScaleWorld.start(partsHere.at(-1) ?? 'Postgres and a shared folder', {
        counts: { api: 2, 'parse-worker': 1, 'media-worker': 1, 'push-dispatcher': 1, scheduler: 1 },
        env: {},
        envOf: (kind, index) => ({ LOG_FILE: join(logs.path, `${kind}-${index}.log`) }),
      });
      ends.push(() => world.stop());
      const prometheus = await TestPrometheus.start((host) => configuration(world, host));
      ends.push(() => prometheus.remove());
      return new LiveWorld(world, prometheus, end);
    } catch (error) {
      await end();
      throw error;
    }
  }

  /** What the dashboards want to show: something held, something that failed for good, a target that refuses. */
  async prepare(): Promise<void> {
    const { cluster } = this.world;
    const post = async (path: string, body: unknown): Promise<Record<string, unknown>> => {
      const answer = await cluster.call('POST', path, body);
      if (answer.status >= 300) throw new Error(`${path} answers ${answer.status}: ${JSON.stringify(answer.body)}`);
      return answer.body as Record<string, unknown>;
    };
    const webhook = (name: string) =>
      post('/api/v1/targets', { kind: 'webhook', name, address: { url: `https://hooks.example.com/${name}` } });
    const byHand = await webhook('by-hand');
    await post('/api/v1/rules', { name: 'by hand', approval: 'required', target_ids: [byHand['id']] });
    // The receiver knows another secret, so it refuses what comes here.
    const refusing = await webhook('refusing');
    await post('/api/v1/rules', { name: 'refused', match: { tags_any: ['refused'] }, target_ids: [refusing['id']] });
    await post('/api/v1/shares', { url: this.world.site.url(100_000), tags: ['refused'] });
    await post('/api/v1/shares', { url: 'https://news.example.com/missing/1' });
  }

  /** Shares, reads and refused calls, until `stop`. */
  keepBusy(): void {
    this.traffic = (async () => {
      while (!this.ended) {
        await this.round().catch(() => undefined);
        await new Promise((resolve) => setTimeout(resolve, roundMs));
      }
    })();
  }

  async stop(): Promise<void> {
    this.ended = true;
    await this.traffic;
    await this.end();
  }

  private async round(): Promise<void> {
    const { cluster } = this.world;
    await this.world.share(++this.article);
    await cluster.call('GET', '/api/v1/contents?limit=5');
    await cluster.call('GET', '/api/v1/stats', undefined, { 'x-api-token': 'wrong' });
    await cluster.call('GET', '/api/v1/no-such-route');
  }
}

/** The rules of ops/prometheus over the ports of this cluster, read and evaluated each second. */
function configuration({ cluster }: ScaleWorld, host: string): string {
  const job = (name: string, targets: string[]) => ({ job_name: name, static_configs: [{ targets }] });
  return stringify({
    global: { scrape_interval: '1s', evaluation_interval: '1s' },
    rule_files: [join(prometheusFolder, 'rules/*.yml')],
    scrape_configs: [
      ...kinds.map((kind) =>
        job(
          `vaultstream-${kind}`,
          cluster.of(kind).map(({ metricsUrl }) => new URL(metricsUrl).host),
        ),
      ),
      job('prometheus', [host]),
    ],
  });
}
