import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, existsSync, mkdirSync, openSync, readFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { endWithUs } from '@vaultstream/store/embedded';

/** How a process is run. */
export interface ChildCommand {
  /** Such as `api-1`. */
  name: string;
  command: readonly string[];
  env: Record<string, string>;
  cwd?: string;
  /** File that gets everything it prints, all lives one after the other. */
  logFile: string;
  /** Resolves when it does its work; rejects while it does not. */
  probe(): Promise<void>;
}

/** How a life ended. */
export interface Exit {
  code: number | null;
  signal: NodeJS.Signals | null;
  /** Milliseconds from the signal that was to end it; 0 when it ended by itself. */
  ms: number;
}

/** Milliseconds: until a process must be ready, and between two looks. */
const readyMs = 60_000;
const lookEveryMs = 50;

/** A process that may be stopped, killed, paused and started again, any number of times. */
export class Child {
  readonly exits: Exit[] = [];
  /** Called at each end that nobody here has asked for. */
  onDeath: ((exit: Exit) => void) | undefined;
  private child: ChildProcess | undefined;
  private ended: Promise<Exit> | undefined;
  private askedAt: number | undefined;

  constructor(protected readonly options: ChildCommand) {}

  get name(): string {
    return this.options.name;
  }
  get logFile(): string {
    return this.options.logFile;
  }
  get pid(): number | undefined {
    return this.child?.pid;
  }
  get running(): boolean {
    return this.child !== undefined;
  }
  /** May be changed before the next start. */
  get env(): Record<string, string> {
    return this.options.env;
  }

  /** Starts it and resolves when it is ready. @throws Error with its last words. */
  async start(): Promise<void> {
    this.spawn();
    await this.ready();
  }

  /** Starts it without waiting; nothing when it runs. */
  spawn(): void {
    if (this.child) return;
    const { command, env, cwd, logFile } = this.options;
    mkdirSync(dirname(logFile), { recursive: true });
    const log = openSync(logFile, 'a');
    const [program = '', ...args] = command;
    // A group of its own: a terminal's Ctrl-C reaches the parent alone, which ends all in order.
    const child = spawn(program, args, { cwd, env, stdio: ['ignore', log, log], detached: true });
    closeSync(log);
    // Nothing is left behind when we are killed ourselves.
    if (child.pid !== undefined) child.once('exit', endWithUs(child.pid, 'TERM'));
    this.child = child;
    this.askedAt = undefined;
    this.ended = Promise.race([once(child, 'exit'), once(child, 'error').then(() => [127, null])]).then(
      ([code, signal]) => this.note(code as number | null, signal as NodeJS.Signals | null),
    );
  }

  /** Resolves when it is ready. @throws Error with its last words when it ends or takes too long. */
  async ready(timeoutMs = readyMs): Promise<void> {
    const life = this.child;
    for (const end = Date.now() + timeoutMs; ; await sleep(lookEveryMs)) {
      if (!life || this.child !== life) throw new Error(`${this.name} has ended:\n${this.lastWords()}`);
      try {
        await this.options.probe();
        return;
      } catch (cause) {
        if (Date.now() > end) throw new Error(`${this.name} is not ready:\n${this.lastWords()}`, { cause });
      }
    }
  }

  /** Asks it to end in good order, and waits. */
  async stop(): Promise<Exit> {
    return this.kill('SIGTERM');
  }

  /** Sends a signal that ends it, and waits for the end. Answers the last end when it does not run. */
  async kill(signal: NodeJS.Signals = 'SIGKILL'): Promise<Exit> {
    // A second SIGTERM would mean: at once.
    if (signal !== 'SIGTERM' || this.askedAt === undefined) this.signal(signal);
    return (await this.ended) ?? { code: null, signal: null, ms: 0 };
  }

  /** Sends a signal. */
  signal(signal: NodeJS.Signals): void {
    if (!this.child) return;
    if (signal !== 'SIGSTOP' && signal !== 'SIGCONT') this.askedAt ??= performance.now();
    this.child.kill(signal);
  }

  pause(): void {
    this.signal('SIGSTOP');
  }

  resume(): void {
    this.signal('SIGCONT');
  }

  async restart({ kill = false }: { kill?: boolean } = {}): Promise<void> {
    await this.kill(kill ? 'SIGKILL' : 'SIGTERM');
    await this.start();
  }

  /** Ids of its process and of all below it, from the kernel's own list. */
  tree(): number[] {
    return this.pid === undefined ? [] : [this.pid, ...descendants(this.pid)];
  }

  /** Everything it has printed in all its lives, by lines. */
  lines(): string[] {
    if (!existsSync(this.logFile)) return [];
    return readFileSync(this.logFile, 'utf8').split('\n').filter(Boolean);
  }

  private lastWords(): string {
    return this.lines().slice(-5).join('\n');
  }

  private note(code: number | null, signal: NodeJS.Signals | null): Exit {
    const asked = this.askedAt !== undefined;
    const exit = { code, signal, ms: Math.round(performance.now() - (this.askedAt ?? performance.now())) };
    this.exits.push(exit);
    this.child = undefined;
    if (!asked) this.onDeath?.(exit);
    return exit;
  }
}

function descendants(pid: number): number[] {
  const list = `/proc/${pid}/task/${pid}/children`;
  const children = existsSync(list) ? readFileSync(list, 'utf8').split(' ').filter(Boolean).map(Number) : [];
  return children.flatMap((child) => [child, ...descendants(child)]);
}
