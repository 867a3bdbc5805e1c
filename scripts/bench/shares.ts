import { spawn } from 'node:child_process';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { Pool } from 'undici';
import { Cluster } from '../scale/cluster.ts';
import { atLeast, inParallel, rateOf, type Goal, type Sample } from './measure.ts';
import type { BenchOptions } from './options.ts';
import type { Services } from './services.ts';

const clients = 32;
/** Postgres, the clients and two processes need a core each before a second process can show anything. */
const coresForTwo = 4;

/**
 * First shares a second that one API process takes, against a Fastify handler that checks nothing and does the same inserts with `pg`: the
 * same clients, the same Postgres. No worker runs: this is the price of taking a share in. And what a second process adds.
 */
export async function shareRate(services: Services, { sizes }: BenchOptions): Promise<Sample[]> {
  const dir = await services.folder('api');
  const [ourDatabase, bareDatabase] = [await services.database('shares'), await services.database('bare')];
  const env = { DATABASE_URL: ourDatabase, LOG_LEVEL: 'info' };
  const cluster = await Cluster.start({ dir, counts: { api: 2 }, env });
  const bare = await BareServer.start(bareDatabase);
  const [one = '', two = ''] = cluster.of('api').map(({ url }) => url);
  const ours = (urls: string[], round: string) => drive(urls, '/api/v1/shares', round, sizes.shares);
  const theirs = (round: string) => drive([bare.url], '/shares', round, sizes.shares);
  try {
    // One round before that, so that all are warm.
    await theirs('warm');
    await ours([one, two], 'warm');
    const samples: Sample[] = [];
    // Three, in turns: one of them alone says little on a machine that others use too.
    for (const round of ['a', 'b', 'c']) {
      const bareRate = await theirs(round);
      const rate = await ours([one], `one-${round}`);
      const both = await ours([one, two], `two-${round}`);
      const unit = 'per second';
      samples.push(
        { name: 'shares of one API process', ours: rate, bare: bareRate, unit, goal: atLeast(0.7) },
        { name: 'shares of two API processes, against one', ours: both, bare: rate, unit, goal: twice },
      );
    }
    return samples;
  } finally {
    bare.stop();
    await cluster.stop();
  }
}

const twice: Goal = {
  text: `>= 1.7, from ${coresForTwo} cores on`,
  met: ({ ratio }) => (availableParallelism() < coresForTwo ? null : ratio >= 1.7),
};

/** Shares a second. @param urls Of servers: the clients are spread over them. */
async function drive(urls: readonly string[], path: string, round: string, shares: number): Promise<number> {
  const pools = urls.map((url) => new Pool(url, { connections: clients / urls.length }));
  const rate = await rateOf(shares, () =>
    inParallel(shares, clients, async (index) => {
      const pool = pools[index % pools.length];
      if (!pool) return;
      const { statusCode, body } = await pool.request({
        method: 'POST',
        path,
        headers: { 'content-type': 'application/json', 'x-api-token': Cluster.token },
        body: JSON.stringify({ url: `https://news.example.com/${round}/${index}?utm_source=x`, tags: ['bench'] }),
      });
      const answer = await body.text();
      if (statusCode !== 201) throw new Error(`${path} answered ${statusCode}: ${answer}`);
    }),
  );
  await Promise.all(pools.map((pool) => pool.close()));
  return rate;
}

/** bare-shares-child.ts in a process of its own. */
class BareServer {
  private constructor(
    private readonly child: ReturnType<typeof spawn>,
    readonly url: string,
  ) {}

  static async start(databaseUrl: string): Promise<BareServer> {
    const root = join(import.meta.dirname, '../..');
    const script = join(import.meta.dirname, 'bare/bare-shares-child.ts');
    const child = spawn(process.execPath, ['--import', join(root, 'scripts/source.mjs'), script, databaseUrl], {
      cwd: root,
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const url = await new Promise<string>((resolve, reject) => {
      child.stdout.once('data', (line: Buffer) => resolve(line.toString().trim()));
      child.once('exit', (code) => reject(new Error(`the bare server ended with ${code}`)));
    });
    return new BareServer(child, url);
  }

  stop(): void {
    this.child.kill();
  }
}
