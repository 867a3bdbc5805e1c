import { extname } from 'node:path';
import { BadPayload, Overloaded, Unsupported } from '@vaultstream/contracts';
import {
  ChildPool,
  inLine,
  JobEnded,
  JobFailed,
  type Hold,
  type JobKind,
  type PoolOptions,
} from '@vaultstream/runtime/async';
import type { ConvertRequest, ConvertedImage, RefusalReason } from './protocol.ts';

export interface ConverterLimits {
  /** CPU of one picture: milliseconds. */
  timeoutMs: number;
  /** One picture by the clock of the wall: milliseconds. Twice its CPU where nothing is said. */
  wallMs?: number;
  /** Bytes of resident memory of a child. */
  memory: number;
  /** Milliseconds without a picture after which a child is ended. */
  idleMs: number;
  /** Children at once: as many as cores and memory allow where nothing is said. */
  size?: number;
}

const defaults: ConverterLimits = { timeoutMs: 30_000, memory: 768 * 1_048_576, idleMs: 60_000 };
/** The clock of the wall for one picture, times its CPU. */
const wallFactor = 2;
/** JavaScript hardly takes a part in it: MB. */
const heapMb = 256;

/** How a caller waits for its picture. */
export interface ConvertTurn {
  /** Gives up: its reason is thrown, and a child that was at work on this picture is ended. */
  signal?: AbortSignal;
  /** Pictures of different hosts take turns. */
  host?: string;
  /** Stops the clock of the run that waits in line: see `TaskContext.hold`. */
  hold?: Hold;
}

/** Converts pictures in child processes that are started at first use. */
export class ImageConverter {
  private readonly pool: ChildPool;
  private readonly limits: ConverterLimits;

  constructor(limits: Partial<ConverterLimits> = {}) {
    this.limits = { ...defaults, ...limits };
    const { size, idleMs } = this.limits;
    const options: PoolOptions = { idleMs, ...(size !== undefined && { size }) };
    this.pool = new ChildPool(converterKind(this.limits), options);
  }

  /** A running child, if there is one. */
  get childPid(): number | undefined {
    return this.pool.pids[0];
  }

  /**
   * @throws Unsupported, BadPayload (also for a picture that ended its child), Later (too many pictures wait before it), Overloaded (the machine
   * had no time for it), InfrastructureError (no child can be had).
   */
  async convert(request: ConvertRequest, { signal, host = '', hold }: ConvertTurn = {}): Promise<ConvertedImage> {
    try {
      return await inLine(hold, (line) => this.pool.run<ConvertedImage>(request, { key: host, signal, ...line }));
    } catch (error) {
      if (error instanceof JobFailed) throw refusalOf(error);
      if (error instanceof JobEnded) throw this.explain(error);
      throw error;
    }
  }

  /** Ends the children, and refuses further pictures: the process is stopping. */
  stop(): Promise<void> {
    return this.pool.close();
  }

  private explain({ why }: JobEnded): BadPayload | Overloaded {
    if (why === 'starved') return new Overloaded('this machine had no time to convert the picture');
    return new BadPayload(
      why === 'time' || why === 'cpu'
        ? `the picture took longer than ${this.limits.timeoutMs / 1_000} s`
        : 'the picture ended the image converter: out of memory or a crash',
    );
  }
}

function converterKind({ timeoutMs, wallMs, memory }: ConverterLimits): JobKind {
  return {
    name: 'image converter',
    // The entry beside this file, as TypeScript in the sources and as JavaScript in the build.
    entry: new URL(`./converter-child${extname(import.meta.url)}`, import.meta.url),
    limits: { wallMs: wallMs ?? timeoutMs * wallFactor, cpuMs: timeoutMs, rss: memory, heapMb },
    addons: true,
    env: { VIPS_BLOCK_UNTRUSTED: '1' },
  };
}

/** What the child has refused; anything else that it throws is a picture that it did not see coming. */
function refusalOf({ message, reason }: JobFailed): Unsupported | BadPayload {
  const unsupported: RefusalReason = 'unsupported';
  return reason === unsupported ? new Unsupported(message) : new BadPayload(message);
}
