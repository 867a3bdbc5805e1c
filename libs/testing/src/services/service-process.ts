import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createWriteStream } from 'node:fs';
import { eventually } from '../eventually.ts';

/** How a server is run. */
export interface ServiceCommand {
  program: string;
  args: readonly string[];
  env?: NodeJS.ProcessEnv;
  /** File for what it prints. */
  log: string;
  /** Resolves when it answers; rejects while it does not. */
  probe(): Promise<void>;
}

const running = new Set<ChildProcess>();
// A test process that ends by an error must not leave servers behind.
process.on('exit', () => {
  for (const child of running) child.kill('SIGKILL');
});

/** A server of a test's own: it can be killed, paused and started again over the same data. */
export class ServiceProcess {
  private child: ChildProcess | undefined;

  constructor(private readonly command: ServiceCommand) {}

  get pid(): number | undefined {
    return this.child?.pid;
  }

  /** Resolves when it answers. @throws when it ends instead. */
  async start(): Promise<void> {
    if (this.child !== undefined) return;
    const { program, args, env, log, probe } = this.command;
    const output = createWriteStream(log, { flags: 'a' });
    const child = spawn(program, args, { env: { ...process.env, ...env }, stdio: ['ignore', 'pipe', 'pipe'] });
    child.stdout.pipe(output, { end: false });
    child.stderr.pipe(output, { end: false });
    this.child = child;
    running.add(child);
    child.once('close', () => {
      running.delete(child);
      output.end();
      if (this.child === child) this.child = undefined;
    });
    await Promise.race([
      eventually(() => probe(), { timeoutMs: 30_000 }),
      once(child, 'close').then(([code]) => {
        throw new Error(`${program} ended with ${String(code)}: see ${log}`);
      }),
    ]);
  }

  /** Ends it in good order. */
  async stop(): Promise<void> {
    await this.end('SIGTERM');
  }

  /** Ends it as a power cut of its process would. */
  async kill(): Promise<void> {
    await this.end('SIGKILL');
  }

  /** It keeps its connections and answers nothing until `resume`. */
  pause(): void {
    this.child?.kill('SIGSTOP');
  }

  resume(): void {
    this.child?.kill('SIGCONT');
  }

  private async end(signal: NodeJS.Signals): Promise<void> {
    const { child } = this;
    if (child === undefined) return;
    const closed = once(child, 'close');
    child.kill(signal);
    child.kill('SIGCONT');
    await closed;
  }
}
