import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';

/** Where a child ends itself with SIGKILL, at the first task that gets there. */
export type CrashPoint = 'before-publish' | 'after-publish' | 'after-claim' | 'before-commit' | 'after-commit';

export interface ChildOptions {
  url: string;
  /** Given: Redis carries the work, without a fallback. */
  redisUrl?: string | undefined;
  /** Written into its effects. */
  name: string;
  concurrency: number;
  leaseMs: number;
  /** How long a task takes: milliseconds. */
  work: { minMs: number; maxMs: number };
  crashAt?: CrashPoint;
  /** The content whose task kills the process. */
  pill?: number;
}

/** A worker in a process of its own. */
export class WorkerProcess {
  readonly lines: Record<string, unknown>[] = [];
  private readonly child: ChildProcess;
  readonly exited: Promise<unknown>;

  constructor(options: ChildOptions) {
    const root = join(import.meta.dirname, '../../..');
    this.child = spawn(
      process.execPath,
      [
        '--import',
        join(root, 'scripts/source.mjs'),
        join(import.meta.dirname, 'worker-child.ts'),
        JSON.stringify(options),
      ],
      { cwd: root, stdio: ['ignore', 'pipe', 'inherit'], env: { PATH: process.env['PATH'] } },
    );
    this.exited = once(this.child, 'exit');
    let rest = '';
    this.child.stdout?.on('data', (chunk: Buffer) => {
      const parts = (rest + chunk.toString()).split('\n');
      rest = parts.pop() ?? '';
      for (const line of parts) this.lines.push(JSON.parse(line) as Record<string, unknown>);
    });
  }

  get alive(): boolean {
    return this.child.exitCode === null && this.child.signalCode === null;
  }

  get ready(): boolean {
    return this.lines.some((line) => line['name'] === 'child.ready');
  }

  /** SIGKILL, SIGSTOP or SIGCONT. */
  signal(signal: NodeJS.Signals): void {
    this.child.kill(signal);
  }

  async kill(): Promise<void> {
    if (this.alive) this.child.kill('SIGKILL');
    await this.exited;
  }
}
