import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';

const root = join(import.meta.dirname, '../../../..');

/** What child.ts says. */
export type Saying = { ok: true; url: string; pid: number } | { ok: false; name: string; message: string };

/** child.ts as a process of its own, in a process group of its own. */
export class Child {
  readonly process: ChildProcess;
  readonly said: Promise<Saying>;

  constructor(mode: 'lock' | 'postgres', dataDir: string, uid?: number) {
    const program = join(import.meta.dirname, 'child.ts');
    const args = [
      '--import',
      join(root, 'scripts/source.mjs'),
      program,
      mode,
      dataDir,
      ...(uid === undefined ? [] : [String(uid)]),
    ];
    this.process = spawn(join(root, 'node_modules/.bin/node'), args, {
      cwd: '/',
      env: { PATH: '/usr/bin:/bin' },
      stdio: ['pipe', 'pipe', 'inherit'],
      detached: true,
    });
    const { stdout } = this.process;
    if (!stdout) throw new Error('the child has no stdout');
    this.said = once(createInterface({ input: stdout }), 'line').then(([line]) => JSON.parse(String(line)) as Saying);
    this.said.catch(() => undefined);
  }

  /** What it said, when it came up. */
  async up(): Promise<{ url: string; pid: number }> {
    const saying = await this.said;
    if (!saying.ok) throw new Error(saying.message);
    return saying;
  }

  /** Lets a child of mode `lock` go for it. */
  go(): void {
    this.process.stdin?.write('go\n');
  }

  /** Asks it to stop in order, and waits. */
  async end(): Promise<void> {
    this.process.stdin?.end();
    await this.exited();
  }

  async kill(signal: NodeJS.Signals = 'SIGKILL'): Promise<void> {
    this.process.kill(signal);
    await this.exited();
  }

  async exited(): Promise<void> {
    if (this.process.exitCode === null && this.process.signalCode === null) await once(this.process, 'exit');
  }
}

/** Process ids of a process and everything below it (Linux). */
export function treeOf(pid: number): number[] {
  const parents = readdirSync('/proc')
    .map(Number)
    .filter((id) => id > 0)
    .map((id) => [id, parentOf(id)] as const);
  const below = (top: number): number[] => [
    top,
    ...parents.filter(([, parent]) => parent === top).flatMap(([id]) => below(id)),
  ];
  return below(pid);
}

/** SIGKILL for each; one that has ended by itself meanwhile (its postmaster died) is fine. */
export function killAll(pids: number[]): void {
  for (const pid of pids) {
    try {
      process.kill(pid, 'SIGKILL');
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
    }
  }
}

function parentOf(pid: number): number {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    return Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1]);
  } catch {
    return 0;
  }
}
