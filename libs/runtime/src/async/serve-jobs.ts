import { runInThisContext } from 'node:vm';
import type { ChildMessage, JobMessage } from './child-messages.ts';

/**
 * The child's side of a pool. It and all that it imports must be plain erasable TypeScript, so that Node runs it as it stands.
 *
 *   argv[2]: milliseconds after which a job is given up from within: longer than the pool waits, for when the pool is gone
 *   argv[3]: bytes of resident memory beyond which the child ends itself
 */
const [orphanMs, rss] = [Number(process.argv[2]), Number(process.argv[3])];
/** Milliseconds between two looks at the memory while a job works on other threads. The pool looks as well, but less often. */
const watchMs = 25;

/**
 * Answers the jobs that the pool sends, one at a time.
 * @param start Gets ready, and returns what does a job. Throws what keeps the child from doing any. What a job throws goes to its caller,
 * with `reason` where the error has one.
 */
export function serveJobs<Request>(start: () => Promise<(request: Request) => unknown>): void {
  // At once: a normal exit would wait for threads that are at work.
  process.on('disconnect', () => process.kill(process.pid, 'SIGKILL'));
  void start().then(
    (work) => {
      process.on('message', (job: JobMessage) => void answer(job, (request) => work(request as Request)));
      say({ kind: 'ready' });
    },
    (error: unknown) => say({ kind: 'unusable', message: messageOf(error) }),
  );
}

const current = Symbol.for('vaultstream.job');
const globals = globalThis as { [current]?: () => unknown };

async function answer({ id, request }: JobMessage, work: (request: unknown) => unknown): Promise<void> {
  globals[current] = () => work(request);
  const before = process.cpuUsage();
  const cpuMs = () => {
    const { user, system } = process.cpuUsage(before);
    return (user + system) / 1_000;
  };
  const watch = setInterval(() => {
    if (process.memoryUsage.rss() > rss) process.kill(process.pid, 'SIGKILL');
  }, watchMs);
  try {
    // `vm` can stop JavaScript that never returns, regular expressions included; nothing else inside the process can.
    const result: unknown = runInThisContext("globalThis[Symbol.for('vaultstream.job')]()", { timeout: orphanMs });
    const answer = await result;
    say({ kind: 'done', id, answer, cpuMs: cpuMs() });
  } catch (error) {
    const { reason } = error as { reason?: unknown };
    const told = { message: messageOf(error), ...(typeof reason === 'string' && { reason }) };
    say({ kind: 'failed', id, ...told, cpuMs: cpuMs() });
  } finally {
    clearInterval(watch);
  }
}

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));

function say(message: ChildMessage): void {
  if (process.connected) process.send?.(message);
}
