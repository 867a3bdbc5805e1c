import { fork, type ChildProcess } from 'node:child_process';
import { extname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { InfrastructureError } from '@vaultstream/contracts';
import type { ChildMessage, ConvertRequest } from './protocol.ts';

export interface ProcessLimits {
  /** Bytes of resident memory. */
  memory: number;
}

/** The child ended before it answered: killed by its limits, by us, or by the machine. */
export class ChildEnded extends Error {
  override readonly name = 'ChildEnded';
}

/** The entry beside this file, as TypeScript in the sources and as JavaScript in the build. */
const entry = fileURLToPath(new URL(`./converter-child${extname(import.meta.url)}`, import.meta.url));

/** One running child. Answers one request at a time. Holds the parent's event loop only while it does. */
export class ConverterProcess {
  private waiting: PromiseWithResolvers<ChildMessage> | undefined;
  private ended = false;

  private constructor(private readonly child: ChildProcess) {
    child.on('message', (message: ChildMessage) => this.waiting?.resolve(message));
    child.on('error', () => this.end());
    child.on('exit', () => this.end());
  }

  /**
   * Starts a child and waits until it is ready.
   * @throws InfrastructureError when it cannot be started or the image library is not usable.
   */
  static async start(limits: ProcessLimits): Promise<ConverterProcess> {
    const started = new ConverterProcess(
      fork(entry, [String(limits.memory)], {
        env: { VIPS_BLOCK_UNTRUSTED: '1' },
        execArgv: [],
        serialization: 'advanced',
        stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
      }),
    );
    const message = await started.next().catch((cause: unknown) => {
      throw new InfrastructureError('the image converter does not start', { cause, retryAfterMs: 5_000 });
    });
    if (message.kind === 'ready') return started;
    started.kill();
    const why = message.kind === 'unusable' ? message.message : message.kind;
    throw new InfrastructureError(`the image converter is not usable: ${why}`, { retryAfterMs: 60_000 });
  }

  get pid(): number | undefined {
    return this.child.pid;
  }

  get alive(): boolean {
    return !this.ended;
  }

  /** @throws ChildEnded when the child ends before it answers. */
  async ask(request: ConvertRequest): Promise<ChildMessage> {
    const answer = this.next();
    this.child.send(request, (error) => {
      if (error) this.kill();
    });
    return await answer;
  }

  /** Ends the child at once; an open request fails. */
  kill(): void {
    this.child.kill('SIGKILL');
    this.end();
  }

  private async next(): Promise<ChildMessage> {
    if (this.ended) throw new ChildEnded('the child has ended');
    this.waiting = Promise.withResolvers();
    this.child.ref();
    this.child.channel?.ref();
    try {
      return await this.waiting.promise;
    } finally {
      this.waiting = undefined;
      this.child.unref();
      this.child.channel?.unref();
    }
  }

  private end(): void {
    this.ended = true;
    this.waiting?.reject(new ChildEnded('the child has ended'));
  }
}
