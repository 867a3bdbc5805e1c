import { spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Pool } from 'undici';
import { Cluster } from '../scale/cluster.ts';
import { inParallel, median, rate, type Figure } from './measure.ts';
import type { Services } from './services.ts';

const shares = 3_000;
const clients = 32;
const rounds = 3;

/**
 * First shares a second that one API process takes, against a Fastify handler that checks nothing and does the same inserts with `pg`: the
 * same clients, the same Postgres. No worker runs: this is the price of taking a share in.
 */
export async function shareRate(services: Services): Promise<Figure[]> {
  const dir = await mkdtemp(join(tmpdir(), 'vaultstream-bench-api-'));
  const [ourDatabase, bareDatabase] = [await services.database('bench_shares'), await services.database('bench_bare')];
  const cluster = await Cluster.start({
    dir,
    counts: { api: 1 },
    env: { DATABASE_URL: ourDatabase, LOG_LEVEL: 'info' },
  });
  const bare = await BareServer.start(bareDatabase);
  try {
    const rates = { ours: [] as number[], bare: [] as number[] };
    // One round before that, so that both are warm.
    for (let round = 0; round <= rounds; round++) {
      const measured = {
        bare: await drive(bare.url, '/shares', round),
        ours: await drive(cluster.url, '/api/v1/shares', round),
      };
      if (round === 0) continue;
      rates.ours.push(measured.ours);
      rates.bare.push(measured.bare);
    }
    return [rate('shares of one API process', median(rates.ours), median(rates.bare), 0.6)];
  } finally {
    bare.stop();
    await cluster.stop();
    await rm(dir, { recursive: true, force: true });
  }
}

async function drive(url: string, path: string, round: number): Promise<number> {
  const pool = new Pool(url, { connections: clients });
  const start = performance.now();
  await inParallel(shares, clients, async (index) => {
    const { statusCode, body } = await pool.request({
      method: 'POST',
      path,
      headers: { 'content-type': 'application/json', 'x-api-token': Cluster.token },
      body: JSON.stringify({ url: `https://news.example.com/${round}/${index}?utm_source=x`, tags: ['bench'] }),
    });
    const answer = await body.text();
    if (statusCode !== 201) throw new Error(`${path} answered ${statusCode}: ${answer}`);
  });
  const seconds = (performance.now() - start) / 1_000;
  await pool.close();
  return shares / seconds;
}

/** bare-shares-child.ts in a process of its own. */
class BareServer {
  private constructor(
    private readonly child: ReturnType<typeof spawn>,
    readonly url: string,
  ) {}

  static async start(databaseUrl: string): Promise<BareServer> {
    const root = join(import.meta.dirname, '../..');
    const script = join(import.meta.dirname, 'bare-shares-child.ts');
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
