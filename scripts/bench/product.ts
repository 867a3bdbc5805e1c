import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { Pool } from 'undici';
import { Child } from '../scale/child.ts';
import { stablePort } from '../scale/ports.ts';
import { inParallel } from './measure.ts';

const root = join(import.meta.dirname, '../..');
const token = 'vs_bench_0123456789abcdef0123456789abcdef0123456789abc';
/** Shares on their way at once. */
const sharers = 8;
/** Milliseconds between two looks at how far it is: the half of it is what a rate may be wrong by. */
const lookEveryMs = 50;
/** Milliseconds without any progress after which a round is given up. */
const stuckMs = 60_000;

export interface ProductOptions {
  /** Its data directory, empty. */
  dir: string;
  databaseUrl: string;
  /** For FETCH_HOST_OVERRIDES. */
  overrides: string;
  /** More variables. */
  env?: Record<string, string>;
}

/** The whole product as `npm start` runs it, on a Postgres of ours, seen from outside: its API, and the rows that it keeps. */
export class Product {
  private readonly rows: pg.Pool;
  private readonly api: Pool;

  private constructor(
    private readonly child: Child,
    url: string,
    databaseUrl: string,
  ) {
    this.rows = new pg.Pool({ connectionString: databaseUrl, max: 2 });
    this.api = new Pool(url, { connections: sharers });
  }

  static async start({ dir, databaseUrl, overrides, env = {} }: ProductOptions): Promise<Product> {
    const port = await stablePort();
    const url = `http://127.0.0.1:${port}`;
    const child = new Child({
      name: 'standalone',
      // Not from our folder: a `.env` there is somebody's own.
      command: [process.execPath, join(root, 'scripts/start.mjs')],
      cwd: dir,
      logFile: join(dir, 'standalone.log'),
      env: {
        PATH: process.env['PATH'] ?? '',
        HOME: process.env['HOME'] ?? '',
        DATA_DIR: join(dir, 'data'),
        DATABASE_URL: databaseUrl,
        SECRETS_KEY: Buffer.alloc(32, 7).toString('base64'),
        API_TOKEN: token,
        API_PORT: String(port),
        API_RATE_LIMIT: '0',
        LOG_FORMAT: 'json',
        FETCH_HOST_OVERRIDES: overrides,
        ...env,
      },
      async probe() {
        const { status } = await fetch(`${url}/readyz`, { signal: AbortSignal.timeout(2_000) });
        if (status !== 200) throw new Error(`/readyz answers ${status}`);
      },
    });
    try {
      await child.start();
    } catch (error) {
      await child.kill();
      throw error;
    }
    return new Product(child, url, databaseUrl);
  }

  /** Of the process itself; its children are below it. */
  get pid(): number {
    return this.child.pid ?? 0;
  }

  /** Shares all of them. @throws Error when one is refused */
  async share(urls: readonly string[]): Promise<void> {
    await inParallel(urls.length, sharers, async (index) => {
      const { statusCode, body } = await this.api.request({
        method: 'POST',
        path: '/api/v1/shares',
        headers: { 'content-type': 'application/json', 'x-api-token': token },
        body: JSON.stringify({ url: urls[index], tags: ['bench'] }),
      });
      const answer = await body.text();
      if (statusCode !== 201) throw new Error(`${urls[index]} was answered with ${statusCode}: ${answer}`);
    });
  }

  /** The one number that a query answers, as `n`. */
  async count(query: string): Promise<number> {
    const { rows } = await this.rows.query<{ n: string }>(query);
    return Number(rows[0]?.n ?? 0);
  }

  /**
   * Resolves when as many contents as `wanted` are read, or cannot be, and their pictures settled.
   * @returns The addresses of those that cannot be read.
   * @throws Error when nothing goes on for a minute
   */
  async ended(wanted: number): Promise<string[]> {
    let [before, since] = [-1, performance.now()];
    for (;;) {
      const [done, pictures] = await Promise.all([
        this.count(
          `SELECT count(*) AS n FROM contents WHERE (status = 'PULLED' AND archive_status <> 'pending') OR status = 'FAILED'`,
        ),
        this.count(`SELECT count(*) AS n FROM media WHERE status <> 'pending'`),
      ]);
      if (done >= wanted) break;
      if (done + pictures !== before) [before, since] = [done + pictures, performance.now()];
      if (performance.now() - since > stuckMs) throw new Error(`${done} of ${wanted} are settled, and nothing goes on`);
      await sleep(lookEveryMs);
    }
    const { rows } = await this.rows.query<{ url: string }>(`SELECT url FROM contents WHERE status = 'FAILED'`);
    return rows.map(({ url }) => url);
  }

  /**
   * As `ended`, for what must succeed.
   * @param pictures How many of them must be stored then.
   * @throws Error when a page cannot be read, or a picture was not stored
   */
  async settled(wanted: number, pictures = 0): Promise<void> {
    const [failed] = await this.ended(wanted);
    if (failed !== undefined) throw new Error(`${failed} cannot be read`);
    const stored = await this.count(`SELECT count(*) AS n FROM media WHERE status = 'stored'`);
    if (stored !== pictures) throw new Error(`${stored} pictures are stored in place of ${pictures}`);
  }

  async stop(): Promise<void> {
    await this.api.destroy();
    await this.child.stop();
    await this.rows.end();
  }
}
