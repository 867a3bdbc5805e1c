import { spawn } from 'node:child_process';

/** What a program did. */
export interface Done {
  /** Null when it was ended by a signal, or could not be started. */
  code: number | null;
  stdout: string;
  stderr: string;
}

export interface CommandOptions {
  cwd?: string;
  env?: NodeJS.ProcessEnv;
  /** Given to its stdin. */
  input?: string;
  /** Milliseconds after which it is killed. */
  timeoutMs?: number;
  /** Also shown on our stderr as it comes. */
  shown?: boolean;
}

/** Runs a program to its end, whatever its exit code. */
export function attempt(program: string, args: readonly string[], options: CommandOptions = {}): Promise<Done> {
  const { cwd, env = process.env, input, timeoutMs, shown = false } = options;
  return new Promise((resolve) => {
    const child = spawn(program, args, { cwd, env, timeout: timeoutMs, killSignal: 'SIGKILL' });
    let [stdout, stderr] = ['', ''];
    child.stdout.setEncoding('utf8').on('data', (text: string) => (stdout += text));
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      stderr += text;
      if (shown) process.stderr.write(text);
    });
    child.on('error', (error) => resolve({ code: null, stdout, stderr: `${stderr}${error.message}` }));
    child.on('close', (code) => resolve({ code, stdout, stderr }));
    // A program that ended without reading says so by its exit code.
    child.stdin.on('error', () => undefined).end(input);
  });
}

/** The same for what must work. @returns its stdout, without space around it. @throws Error with its last words. */
export async function run(program: string, args: readonly string[], options: CommandOptions = {}): Promise<string> {
  const { code, stdout, stderr } = await attempt(program, args, options);
  if (code === 0) return stdout.trim();
  const words = (stderr || stdout).trim().split('\n').slice(-15).join('\n');
  throw new Error(`${program} ${args.join(' ').slice(0, 200)} failed (${String(code)}):\n${words}`);
}
