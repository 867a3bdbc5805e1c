import { fork, type ChildProcess } from 'node:child_process';
import { extname } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { ExtractReply, ExtractRequest } from './page.ts';

/** How the child ended: its exit code, or the signal that ended it. */
export interface ChildEnd {
  code: number | null;
  signal: NodeJS.Signals | null;
  /** The last of what it wrote to stderr, such as V8's out-of-memory report. */
  stderr: string;
}

/** Characters of stderr that are kept. */
const maxStderr = 2_000;

/**
 * Starts the process that reads pages.
 * @param memoryMb limit of its JavaScript heap
 * @param orphanLimitMs after which it gives a page up by itself
 */
export function forkReader(memoryMb: number, orphanLimitMs: number): ChildProcess {
  // The sibling has our own ending: .ts in the sources, .js in the build.
  const entry = fileURLToPath(new URL(`./extract-child${extname(import.meta.url)}`, import.meta.url));
  return fork(entry, [String(orphanLimitMs)], {
    env: {}, // no secret of the host is in the child
    // No file can be written, no process, worker or native module started, no code made from strings.
    execArgv: [
      `--max-old-space-size=${memoryMb}`,
      '--permission',
      '--allow-fs-read=*',
      '--disallow-code-generation-from-strings',
    ],
    serialization: 'advanced',
    stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
  });
}

/** One running child: starts at once, tells what it hears, and can be killed. Never keeps the host process alive while idle. */
export class ReaderChild {
  private readonly process: ChildProcess;
  private stderr = '';
  private ended = false;

  constructor(
    memoryMb: number,
    orphanLimitMs: number,
    listener: { reply(reply: ExtractReply): void; end(end: ChildEnd): void },
  ) {
    this.process = forkReader(memoryMb, orphanLimitMs);
    const end = (code: number | null, signal: NodeJS.Signals | null) => {
      if (this.ended) return;
      this.ended = true;
      listener.end({ code, signal, stderr: this.stderr });
    };
    this.process.stderr?.setEncoding('utf8').on('data', (text: string) => {
      this.stderr = (this.stderr + text).slice(-maxStderr);
    });
    this.process.on('message', (reply) => listener.reply(reply as ExtractReply));
    this.process.on('error', (error) => {
      this.stderr ||= error.message;
      if (this.process.pid === undefined) end(null, null);
    });
    this.process.on('exit', end);
  }

  /** Whether the host process waits for the child: true during a job. */
  hold(busy: boolean): void {
    const parts = [this.process, this.process.channel, this.process.stderr] as (
      { ref?(): void; unref?(): void } | null | undefined
    )[];
    for (const part of parts)
      if (busy) part?.ref?.();
      else part?.unref?.();
  }

  /** Hands a job over; a child that is already dead says so through `end`. */
  send(request: ExtractRequest): void {
    this.process.send(request, () => undefined);
  }

  kill(): void {
    this.process.kill('SIGKILL');
  }
}
