import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { eventually } from '@vaultstream/testing';

/** A person's terminal: one bash that lines are pasted into, one after the other, with its variables and what it has started. */
export class Terminal {
  /** Everything that was printed, by what runs in the background as well. */
  output = '';
  private pasted = 0;
  private readonly exited: Promise<unknown>;

  private constructor(private readonly shell: ChildProcess) {
    for (const stream of [shell.stdout, shell.stderr])
      stream?.setEncoding('utf8').on('data', (text: string) => (this.output += text));
    this.exited = once(shell, 'exit');
  }

  /** @param env The whole environment. A process group of its own, so that `close` ends what was started too. */
  static open(cwd: string, env: NodeJS.ProcessEnv): Terminal {
    return new Terminal(spawn('bash', { cwd, env, stdio: ['pipe', 'pipe', 'pipe'], detached: true }));
  }

  /** Pastes lines that go on running, as `npm start` does. */
  type(lines: string): void {
    this.shell.stdin?.write(`${lines}\n`);
  }

  /** Pastes lines and waits for the last of them. @returns what they printed @throws when the last one failed */
  async paste(lines: string, timeoutMs = 30_000): Promise<string> {
    const from = this.output.length;
    const mark = `pasted ${++this.pasted}, exit code`;
    this.type(`${lines}\necho; echo "${mark} $?"`);
    const code = await eventually(
      () => {
        const found = new RegExp(`${mark} (\\d+)`).exec(this.output.slice(from));
        if (!found) throw new Error(`still running: ${lines}\n${this.output}`);
        return { code: Number(found[1]), end: from + found.index };
      },
      { timeoutMs },
    );
    const printed = this.output.slice(from, code.end).trim();
    if (code.code !== 0) throw new Error(`${lines}\nended with ${code.code}: ${printed}`);
    return printed;
  }

  /** Ctrl-C for all that it has started, then waits for the shell. */
  async close(): Promise<void> {
    this.shell.stdin?.end();
    if (this.shell.pid !== undefined && this.shell.exitCode === null) {
      try {
        process.kill(-this.shell.pid, 'SIGTERM');
      } catch {
        // It has ended by itself.
      }
    }
    await this.exited;
  }
}
