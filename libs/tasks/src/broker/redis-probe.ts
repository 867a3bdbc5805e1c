import { randomUUID } from 'node:crypto';
import { isVaultError } from '@vaultstream/contracts';
import { withDeadline, type Logger } from '@vaultstream/runtime';
import type { Redis } from 'ioredis';
import { assertFit, type RedisFitness } from '../redis/redis-fitness.ts';
import { isRedisTrouble, redisTrouble } from '../redis/redis-trouble.ts';
import { keyPrefix } from '../redis/redis-url.ts';
import type { BrokerState } from './broker.ts';

/** Holds a random word for as long as Redis holds what it was given. */
const epochKey = `${keyPrefix}:epoch`;

/** Milliseconds: how long the very first connection is waited for, an answer may take, and the settings of Redis are believed. */
const connectMs = 1_000;
const answerMs = 1_500;
const inspectEveryMs = 10_000;

const withoutAof =
  'Redis keeps nothing over a restart (appendonly no): work is then handed over again, which takes a while.';

/** Looks whether Redis can take work, and whether it still has what it was given. */
export class RedisProbe {
  private fitness: RedisFitness | undefined;
  private inspectedAt = Number.NEGATIVE_INFINITY;
  private told = false;
  private refusal: Error | undefined;
  private firstConnection: Promise<void> | undefined;

  constructor(
    private readonly redis: Redis,
    private readonly logger: Logger,
  ) {
    // A Redis that comes back may be another one.
    redis.on('close', () => (this.inspectedAt = Number.NEGATIVE_INFINITY));
    // Why it does not connect, such as a wrong password, is told here only.
    redis.on('error', (error) => (this.refusal = error));
    redis.on('ready', () => (this.refusal = undefined));
  }

  /** @throws InfrastructureError that says what is wrong. */
  async look(): Promise<BrokerState> {
    try {
      await (this.firstConnection ??= this.connected());
      return await withDeadline(() => this.ask(), answerMs);
    } catch (error) {
      if (isVaultError(error)) throw error;
      throw redisTrouble(isRedisTrouble(error) ? error : (this.refusal ?? error));
    }
  }

  private async ask(): Promise<BrokerState> {
    await this.inspect();
    // A write, though it changes nothing: a Redis that is full, a replica or without a disk still answers reads.
    const [, epoch] = await Promise.all([this.redis.set(epochKey, randomUUID(), 'NX'), this.redis.get(epochKey)]);
    return { epoch: epoch ?? '', ...(this.fitness?.appendOnly === false && { notice: withoutAof }) };
  }

  /** Resolves when the client has connected or failed to; from then on it answers or fails at once. */
  private connected(): Promise<void> {
    if (this.redis.status === 'ready') return Promise.resolve();
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, connectMs);
      const end = () => {
        clearTimeout(timer);
        resolve();
      };
      this.redis.once('ready', end).once('error', end);
    });
  }

  private async inspect(): Promise<void> {
    if (performance.now() - this.inspectedAt < inspectEveryMs) return;
    this.fitness = assertFit(await this.redis.info());
    this.inspectedAt = performance.now();
    if (this.told) return;
    this.told = true;
    const { version, policy, appendOnly } = this.fitness;
    const fields = { name: 'broker.redis', version, policy, append_only: appendOnly };
    if (appendOnly) this.logger.info(fields, 'Redis carries the work');
    else this.logger.warn(fields, withoutAof);
  }
}
