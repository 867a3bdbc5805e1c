import { BadPayload, InfrastructureError, Unsupported } from '@vaultstream/contracts';
import { ChildEnded, ConverterProcess } from './converter-process.ts';
import type { ConvertRequest, ConvertedImage } from './protocol.ts';

export interface ConverterLimits {
  /** Milliseconds that one picture may take before the child is killed. */
  timeoutMs: number;
  /** Bytes of resident memory at which the child ends itself. */
  memory: number;
  /** Milliseconds without a picture after which the child is ended. */
  idleMs: number;
}

const defaults: ConverterLimits = { timeoutMs: 30_000, memory: 768 * 1_048_576, idleMs: 60_000 };

/** Converts pictures in a child process that is started at first use, one picture after the other. */
export class ImageConverter {
  private readonly limits: ConverterLimits;
  private process: ConverterProcess | undefined;
  private turn: Promise<unknown> = Promise.resolve();
  private idle: NodeJS.Timeout | undefined;
  private stopped = false;

  constructor(limits: Partial<ConverterLimits> = {}) {
    this.limits = { ...defaults, ...limits };
  }

  /** The running child, if there is one. */
  get childPid(): number | undefined {
    return this.process?.alive === true ? this.process.pid : undefined;
  }

  /**
   * @param signal Gives up: its reason is thrown, and a child that was at work on this picture is ended.
   * @throws Unsupported, BadPayload (also for a picture that killed the child), InfrastructureError (no child can be had).
   */
  async convert(request: ConvertRequest, signal?: AbortSignal): Promise<ConvertedImage> {
    const mine = this.turn.then(async () => {
      signal?.throwIfAborted();
      return await this.run(request, signal);
    });
    this.turn = mine.catch(() => undefined);
    return await mine;
  }

  /** Ends the child, and refuses further pictures: the process is stopping. */
  stop(): void {
    this.stopped = true;
    clearTimeout(this.idle);
    this.process?.kill();
    this.process = undefined;
  }

  private async run(request: ConvertRequest, signal: AbortSignal | undefined): Promise<ConvertedImage> {
    clearTimeout(this.idle);
    const child = await this.ready();
    const deadline = AbortSignal.timeout(this.limits.timeoutMs);
    const kill = (): void => child.kill();
    const either = AbortSignal.any([deadline, ...(signal ? [signal] : [])]);
    either.addEventListener('abort', kill, { once: true });
    try {
      const answer = await child.ask(request);
      if (answer.kind === 'converted') return answer.image;
      if (answer.kind === 'refused' && answer.reason === 'unsupported') throw new Unsupported(answer.message);
      throw new BadPayload(answer.kind === 'refused' ? answer.message : 'the image converter gave no answer');
    } catch (error) {
      if (!(error instanceof ChildEnded)) throw error;
      signal?.throwIfAborted();
      if (this.stopped) throw stopping();
      throw new BadPayload(
        deadline.aborted
          ? `the picture took longer than ${this.limits.timeoutMs / 1_000} s`
          : 'the picture ended the image converter: out of memory or a crash',
      );
    } finally {
      either.removeEventListener('abort', kill);
      this.rest();
    }
  }

  private async ready(): Promise<ConverterProcess> {
    if (this.process?.alive !== true) this.process = await ConverterProcess.start(this.limits);
    if (!this.stopped) return this.process;
    this.process.kill();
    throw stopping();
  }

  private rest(): void {
    clearTimeout(this.idle);
    this.idle = setTimeout(() => this.process?.kill(), this.limits.idleMs).unref();
  }
}

const stopping = (): InfrastructureError => new InfrastructureError('the image converter is stopping');
