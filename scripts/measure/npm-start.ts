import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { endWithUs } from '@vaultstream/store/embedded';
import { memoryOfTree, type ProcessMemory } from './memory.ts';

/** A folder for a data directory, through which the database's service user may pass. */
export function newFolder(name: string): string {
  const folder = mkdtempSync(join(tmpdir(), `vaultstream-${name}-`));
  chmodSync(folder, 0o711);
  return folder;
}

/** `npm start`, as a person runs it. */
export class NpmStart {
  /** An admin token that it accepts. */
  static readonly token = 'vs_measure_0123456789abcdef0123456789abcdef0123456789';

  private constructor(
    private readonly child: ChildProcess,
    /** Base URL of the API. */
    readonly url: string,
    /** Milliseconds until it listened. */
    readonly startMs: number,
  ) {}

  /**
   * Resolves when it listens.
   * @param cwd A clone. @param dataDir Its data directory.
   * @throws Error when it ends before
   */
  static async start(cwd: string, dataDir: string, env: Record<string, string> = {}): Promise<NpmStart> {
    const began = performance.now();
    const own = { DATA_DIR: dataDir, API_PORT: '0', API_TOKEN: NpmStart.token, LOG_LEVEL: 'info', LOG_FORMAT: 'json' };
    const child = spawn('npm', ['start', '--silent'], {
      cwd,
      env: { ...process.env, API_RATE_LIMIT: '0', ...own, ...env },
      stdio: ['ignore', 'pipe', 'inherit'],
      detached: true,
    });
    // Nothing is left behind when we are killed ourselves: npm hands the signal on.
    if (child.pid !== undefined) child.once('exit', endWithUs(child.pid, 'TERM'));
    const url = await new Promise<string>((resolve, reject) => {
      child.once('exit', (code) => reject(new Error(`ended with ${code} before it listened`)));
      createInterface({ input: child.stdout }).on('line', (line) => {
        if (line.includes('"name":"ready"')) resolve((JSON.parse(line) as { url: string }).url);
      });
    });
    return new NpmStart(child, url, performance.now() - began);
  }

  /** Its processes, npm's own first. */
  memory(): ProcessMemory[] {
    return memoryOfTree(this.child.pid ?? 0);
  }

  /** @throws Error with the answer, when it is not a 2xx */
  async call<Answer>(method: string, path: string, body?: unknown): Promise<Answer> {
    const response = await fetch(`${this.url}${path}`, {
      method,
      headers: { 'x-api-token': NpmStart.token, ...(body !== undefined && { 'content-type': 'application/json' }) },
      ...(body !== undefined && { body: JSON.stringify(body) }),
      signal: AbortSignal.timeout(30_000),
    });
    const text = await response.text();
    if (!response.ok) throw new Error(`${method} ${path} answered ${response.status}: ${text}`);
    return JSON.parse(text) as Answer;
  }

  async stop(): Promise<void> {
    if (this.child.exitCode !== null || this.child.signalCode !== null || this.child.pid === undefined) return;
    const ended = once(this.child, 'exit');
    process.kill(-this.child.pid, 'SIGTERM');
    await ended;
  }
}
