import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';

const root = join(import.meta.dirname, '../../..');

/** `libraries`: linkedom with Readability, sharp. `reader`: our own reading of pages, without the product around it. */
export type BareHow = 'libraries' | 'reader';

/** The bare limit of reading pages and converting pictures: as many processes as cores that do nothing else. */
export class BareWork {
  private constructor(private readonly children: readonly ChildProcess[]) {}

  /** @param folder Of the files that they will be asked for: `.html` is read, everything else is a picture. */
  static async start(how: BareHow, folder: string): Promise<BareWork> {
    const children = Array.from({ length: availableParallelism() }, () =>
      fork(join(import.meta.dirname, 'bare-work-child.ts'), [how, folder], {
        cwd: root,
        execArgv: ['--import', join(root, 'scripts/source.mjs')],
        stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
      }),
    );
    const bare = new BareWork(children);
    try {
      await Promise.all(children.map((child) => answerOf(child)));
    } catch (error) {
      bare.stop();
      throw error;
    }
    return bare;
  }

  /** Does all of it, each child the next one as soon as it is free. */
  async run(names: readonly string[]): Promise<void> {
    const queue = [...names];
    await Promise.all(
      this.children.map(async (child) => {
        for (let name = queue.shift(); name !== undefined; name = queue.shift()) {
          child.send(name);
          await answerOf(child);
        }
      }),
    );
  }

  stop(): void {
    for (const child of this.children) child.kill();
  }
}

/** Resolves with its next message. @throws Error when it ends before. */
async function answerOf(child: ChildProcess): Promise<void> {
  const heard = new AbortController();
  const { signal } = heard;
  try {
    await Promise.race([
      once(child, 'message', { signal }),
      once(child, 'exit', { signal }).then(() => Promise.reject(new Error('a child of the bare limit has ended'))),
    ]);
  } finally {
    heard.abort();
  }
}
