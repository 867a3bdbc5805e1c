import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { Database } from '@vaultstream/store';
import { eventually, tempDir, testDatabase, type TestDatabase } from '@vaultstream/testing';

const root = join(import.meta.dirname, '../../../..');

/** A process of its own that stands for election. */
class Candidate {
  private constructor(
    private readonly child: ChildProcess,
    private readonly url: string,
  ) {}

  static async start(databaseUrl: string, folder: string): Promise<Candidate> {
    const program = join(root, 'libs/upkeep/test/gauges-child.ts');
    const child = spawn(
      process.execPath,
      ['--import', join(root, 'scripts/source.mjs'), program, databaseUrl, folder],
      {
        cwd: root,
        stdio: ['ignore', 'pipe', 'inherit'],
        env: { PATH: process.env['PATH'] },
      },
    );
    const [line] = (await once(createInterface({ input: child.stdout }), 'line')) as [string];
    return new Candidate(child, line);
  }

  /** What the gauge `vaultstream_contents` says in all, and whether it says that it was elected; null when it does not answer. */
  async scrape(): Promise<{ contents: number | null; leads: number } | null> {
    const answer = await fetch(`${this.url}/metrics`, { signal: AbortSignal.timeout(8_000) }).catch(() => null);
    if (answer === null) return null;
    const text = await answer.text();
    const values = [...text.matchAll(/^vaultstream_contents\{.*\} (\d+)$/gm)].map(([, value]) => Number(value));
    const leads = Number(/^vaultstream_leader\{role="metrics"\} (\d)$/m.exec(text)?.[1]);
    return { contents: values.length === 0 ? null : values.reduce((sum, value) => sum + value), leads };
  }

  signal(signal: NodeJS.Signals): void {
    this.child.kill(signal);
  }

  async end(): Promise<void> {
    if (this.child.exitCode !== null || this.child.signalCode !== null) return;
    this.child.kill('SIGKILL');
    await once(this.child, 'exit');
  }
}

describe('the election of who tells the gauges of the database', () => {
  let database: TestDatabase;
  let folder: Awaited<ReturnType<typeof tempDir>>;
  let db: Database;
  const candidates: Candidate[] = [];
  /** Times that more than one process told the gauges. */
  let overlaps = 0;
  beforeAll(async () => {
    [database, folder] = await Promise.all([testDatabase(), tempDir()]);
    db = new Database({ url: database.url, poolSize: 2 });
    await db.client
      .$executeRaw`INSERT INTO contents (platform, url, canonical_url) SELECT 'web', n, n FROM generate_series(1, 12) n`;
    candidates.push(...(await Promise.all([1, 2, 3].map(async () => Candidate.start(database.url, folder.path)))));
  }, 60_000);
  afterAll(async () => {
    await Promise.all(candidates.map((candidate) => candidate.end()));
    await db.close();
    await Promise.all([database.drop(), folder.remove()]);
  });

  afterEach(() => expect(overlaps).toBe(0));

  /** Scrapes all at once: never may two tell the gauges. @returns who does @throws Error when nobody does */
  async function leader(): Promise<Candidate> {
    const scrapes = await Promise.all(candidates.map((candidate) => candidate.scrape()));
    const telling = candidates.filter((_, index) => typeof scrapes[index]?.contents === 'number');
    if (telling.length > 1) overlaps++;
    expect(scrapes.map((scrape) => scrape?.leads ?? 0)).toEqual(
      candidates.map((candidate) => (telling.includes(candidate) ? 1 : 0)),
    );
    const [elected] = telling;
    if (elected === undefined) throw new Error('nobody tells the gauges');
    return elected;
  }

  it('leaves one process that tells them, and what it tells is true', async () => {
    const first = await eventually(leader);
    expect(await first.scrape()).toEqual({ contents: 12, leads: 1 });
    expect(await leader()).toBe(first);
  });

  it('ends with the process: after a SIGKILL another one tells them, and it alone', async () => {
    const first = await eventually(leader);
    await first.end();
    const second = await eventually(leader);
    expect(second).not.toBe(first);
  });

  it('ends for a process that is paused; it does not tell what it knew when it goes on', async () => {
    const paused = await eventually(leader);
    const others = candidates.filter((candidate) => candidate !== paused);
    paused.signal('SIGSTOP');
    try {
      await eventually(
        async () => (await Promise.all(others.map((one) => one.scrape()))).some((scrape) => scrape?.leads === 1),
        { timeoutMs: 40_000 },
      );
    } finally {
      paused.signal('SIGCONT');
    }
    expect(await paused.scrape()).toEqual({ contents: null, leads: 0 });
    expect(await leader()).not.toBe(paused);
  }, 60_000);

  it('begins anew when the connection that holds the lock breaks', async () => {
    await eventually(leader);
    const [ended] = await db.client.$queryRaw<{ count: bigint }[]>`
      SELECT count(pg_terminate_backend(pid)) AS count FROM pg_stat_activity
      WHERE application_name = 'vaultstream-leader' AND datname = current_database()`;
    expect(ended?.count).toBeGreaterThan(0n);
    await eventually(leader);
  });
});
