import type { Readable } from 'node:stream';
import { checkWhole, isDamage, readWhole, type BlobStore, type ByteRange } from '@vaultstream/blobs';
import { InfrastructureError } from '@vaultstream/contracts';
import type { Logger } from '@vaultstream/runtime';
import type { BlobRecord } from '@vaultstream/store';
import { DamagedBlob, type DamageRecorder } from './damage-recorder.ts';
import { MemoryBudget } from './memory-budget.ts';

/** What may be asked of reads; smaller in tests. */
export interface ReadLimits {
  /**
   * Bytes up to which an object is checked whole before anything of it goes out: hashing 16 MiB takes some 10 to 40 ms, and the archive's
   * pictures are far below (what is fetched has 20 MiB at most, before it becomes WebP).
   */
  checkedBytes: number;
  /** Bytes of answers that wait in memory for their readers, all together. Beyond that, an object is checked first and then read again. */
  memoryBytes: number;
  /** Milliseconds that a check of an object that has not been written since stands for its bytes. */
  checkAgeMs: number;
}

const defaults: ReadLimits = { checkedBytes: 16 * 1_048_576, memoryBytes: 64 * 1_048_576, checkAgeMs: 60_000 };

/** Checks that are remembered. */
const maxChecks = 1_000;

interface Check {
  version: string;
  /** Milliseconds of `performance.now()`. */
  at: number;
}

/** Bytes for one answer. Call `release` when it has gone out, or nobody wants it any more. */
export interface VerifiedRead {
  body: Buffer | Readable;
  release: () => void;
}

/**
 * Stored bytes for people, never damaged ones: what is small enough is checked before the first byte goes out, parts of it included. A
 * larger object is hashed while it goes out, and cut off before its last piece; parts of a larger one are not checked.
 */
export class VerifiedReads {
  private readonly limits: ReadLimits;
  private readonly memory: MemoryBudget;
  private readonly checks = new Map<string, Check>();
  private readonly checking = new Map<string, Promise<string>>();

  constructor(
    private readonly store: BlobStore,
    private readonly recorder: DamageRecorder,
    private readonly logger: Logger,
    limits: Partial<ReadLimits> = {},
  ) {
    this.limits = { ...defaults, ...limits };
    this.memory = new MemoryBudget(this.limits.memoryBytes);
  }

  /** @throws DamagedBlob, NotFound (just deleted), InfrastructureError */
  async open(blob: BlobRecord, range: ByteRange | null): Promise<VerifiedRead> {
    if (blob.size > this.limits.checkedBytes) return { body: await this.stream(blob, range), release: nothing };
    const release = range ? null : this.memory.take(blob.size);
    if (!release) return { body: await this.checkedStream(blob, range), release: nothing };
    try {
      return { body: await this.read(blob), release };
    } catch (error) {
      release();
      throw error;
    }
  }

  /** All bytes, in memory. @throws As `open`. */
  async read(blob: BlobRecord): Promise<Buffer> {
    const { bytes, version } = await this.noting(blob, () => readWhole(this.store, blob.key));
    this.remember(blob.key, version);
    return bytes;
  }

  /** Two reads in place of memory: the second is of the very object that the first has checked. */
  private async checkedStream(blob: BlobRecord, range: ByteRange | null): Promise<Readable> {
    const { key } = blob;
    for (let tries = 0; tries < 3; tries++) {
      const checked = this.recall(key) ?? (await this.check(blob));
      const { stream, version } = await this.store.get(key, range ?? undefined);
      if (version === checked) return stream;
      stream.destroy();
      this.checks.delete(key);
    }
    throw new InfrastructureError('the stored object changes while it is read', { retryAfterMs: 1_000 });
  }

  /** Those who want parts of one object at the same time wait for one check of it. Answers what was checked. */
  private check(blob: BlobRecord): Promise<string> {
    const { key } = blob;
    const running = this.checking.get(key);
    if (running) return running;
    const check = this.noting(blob, async () => this.remember(key, await checkWhole(this.store, key)));
    const ended = check.finally(() => this.checking.delete(key));
    this.checking.set(key, ended);
    return ended;
  }

  private async stream(blob: BlobRecord, range: ByteRange | null): Promise<Readable> {
    if (blob.state === 'damaged') throw new DamagedBlob();
    const { stream } = await this.store.get(blob.key, range ?? undefined);
    stream.once('error', (error) => {
      if (isDamage(error)) void this.lookAgain(blob);
    });
    return stream;
  }

  /** The answer has been cut off; nobody waits for this. */
  private async lookAgain(blob: BlobRecord): Promise<void> {
    try {
      await this.noting(blob, () => checkWhole(this.store, blob.key));
    } catch (error) {
      if (!(error instanceof DamagedBlob))
        this.logger.warn({ err: error, key: blob.key }, 'a damaged blob was not noted');
    }
  }

  private async noting<T>(blob: BlobRecord, look: () => Promise<T>): Promise<T> {
    try {
      const found = await look();
      await this.recorder.whole(blob);
      return found;
    } catch (error) {
      throw isDamage(error) ? await this.recorder.damaged(blob, 'altered') : error;
    }
  }

  /** What was checked lately under a key. */
  private recall(key: string): string | undefined {
    const check = this.checks.get(key);
    return check && performance.now() - check.at < this.limits.checkAgeMs ? check.version : undefined;
  }

  private remember(key: string, version: string): string {
    this.checks.delete(key);
    this.checks.set(key, { version, at: performance.now() });
    const [oldest] = this.checks.keys();
    if (this.checks.size > maxChecks && oldest !== undefined) this.checks.delete(oldest);
    return version;
  }
}

const nothing = (): void => undefined;
