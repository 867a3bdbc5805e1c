import { fork, type ChildProcess } from 'node:child_process';
import { setPriority } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import type { ChildMessage, JobMessage } from './child-messages.ts';
import { usageOf, type Usage } from './child-usage.ts';
import { confine } from './confinement.ts';
import { endByClock, type JobEnd, type JobKind } from './job-kind.ts';

/** Everything else on the machine goes first. */
const niceness = 10;
/** Characters of stderr that are kept, such as V8's report of a full heap. */
const maxStderr = 2_000;
/** Milliseconds between two looks at what a job takes. */
const watchMs = 200;
/** How much longer than we wait a job goes on in a child that nobody kills: milliseconds. */
const orphanGraceMs = 2_000;

/** A job that does not use its CPU still keeps its child from others: so much of the clock counts as CPU. */
const idleShare = 0.1;

export interface ChildListener {
  message(message: ChildMessage): void;
  /** @param ms What the job has taken until now: see `spentMs`. Told a few times a second. */
  spent(ms: number): void;
  /** @param why What it had taken too much of; `crash` when it ended by itself. @param told What it said at last. */
  end(why: JobEnd, told: string): void;
}

/** Starts the program of a kind. */
export function forkChild(kind: JobKind): ChildProcess {
  const { execArgv, user } = confine(kind);
  const { wallMs, rss } = kind.limits;
  const child = fork(fileURLToPath(kind.entry), [String(wallMs + orphanGraceMs), String(rss)], {
    env: { ...kind.env }, // no secret of the host is in the child
    execArgv,
    ...user,
    serialization: 'advanced',
    stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
  });
  try {
    if (child.pid !== undefined) setPriority(child.pid, niceness);
  } catch {
    // Gone already: `exit` says so.
  }
  return child;
}

/** One running child: says what it hears, watches what a job takes, and can be killed. Keeps the host process alive during a job only. */
export class PoolChild {
  private readonly process: ChildProcess;
  private stderr = '';
  private ended = false;
  private why: JobEnd = 'crash';
  /** Jobs that are over. */
  private jobs = 0;
  private startedAt = 0;
  /** CPU of this job until the last look; null where the system does not tell. */
  private cpuMs: number | null = null;

  constructor(
    private readonly kind: JobKind,
    private readonly listener: ChildListener,
  ) {
    this.process = forkChild(kind);
    this.process.stderr?.setEncoding('utf8').on('data', (text: string) => {
      this.stderr = (this.stderr + text).slice(-maxStderr);
    });
    this.process.on('message', (message) => listener.message(message as ChildMessage));
    this.process.on('error', (error) => {
      this.stderr ||= error.message;
      if (this.process.pid === undefined) this.end('no process');
    });
    this.process.on('exit', (code, signal) => this.end(signal ?? `exit ${code}`));
  }

  get pid(): number | undefined {
    return this.ended ? undefined : this.process.pid;
  }

  /** What the present job has taken until now, as far as known: milliseconds of CPU, or of the clock where the system does not tell. */
  get spentMs(): number {
    if (this.startedAt === 0) return 0;
    const wallMs = performance.now() - this.startedAt;
    if (process.platform !== 'linux') return wallMs;
    return Math.max(this.cpuMs ?? 0, wallMs * idleShare);
  }

  /** Hands a job over, and watches it until `rest`. A child that is dead already says so through `end`. */
  work(job: JobMessage): void {
    // The limits of the job before are not those of this one.
    this.rest();
    this.hold(true);
    this.startedAt = performance.now();
    void this.watchUsage();
    this.process.send(job, () => undefined);
  }

  /** The job is over. */
  rest(): void {
    this.jobs++;
    this.startedAt = 0;
    this.cpuMs = null;
    this.hold(false);
  }

  /** Ends the child at once. */
  kill(why: JobEnd = 'crash'): void {
    if (this.why === 'crash') this.why = why;
    this.process.kill('SIGKILL');
  }

  /** Resolves when the process is gone. */
  async gone(): Promise<void> {
    if (this.ended || this.process.pid === undefined) return;
    this.hold(true);
    await new Promise<void>((resolve) => this.process.once('exit', () => resolve()));
  }

  /** Whether the host process waits for the child. */
  private hold(busy: boolean): void {
    const parts = [this.process, this.process.channel, this.process.stderr] as (
      { ref?(): void; unref?(): void } | null | undefined
    )[];
    for (const part of parts)
      if (busy) part?.ref?.();
      else part?.unref?.();
  }

  /** Looks at what this job takes, until it is over. */
  private async watchUsage(): Promise<void> {
    const job = this.jobs;
    const { cpuMs, rss, wallMs } = this.kind.limits;
    const before = await this.usage();
    for (let now = before; job === this.jobs && !this.ended; now = await this.usage()) {
      if (job !== this.jobs) return;
      if (now && before) this.cpuMs = now.cpuMs - before.cpuMs;
      if (now && now.rss > rss) return this.kill('memory');
      if ((this.cpuMs ?? 0) > cpuMs) return this.kill('cpu');
      const leftMs = wallMs - (performance.now() - this.startedAt);
      if (leftMs <= 0) return this.kill(endByClock(this.cpuMs, this.kind.limits));
      this.listener.spent(this.spentMs);
      await sleep(Math.min(watchMs, leftMs), undefined, { ref: false });
    }
  }

  private async usage(): Promise<Usage | null> {
    const { pid } = this.process;
    return pid === undefined ? null : usageOf(pid);
  }

  private end(how: string): void {
    if (this.ended) return;
    this.ended = true;
    this.listener.end(this.why, this.stderr || how);
    this.rest();
  }
}
