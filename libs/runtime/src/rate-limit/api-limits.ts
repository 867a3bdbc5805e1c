import { Injectable, type OnModuleInit } from '@nestjs/common';
import { ModuleRef } from '@nestjs/core';
import { RateLimited, RateLimiter, type Principal } from '@vaultstream/contracts';
import { Env } from '../env.ts';
import { findPort } from '../find-port.ts';
import { callerNetwork } from './caller-network.ts';
import { MemoryRateLimiter } from './memory-rate-limiter.ts';

/**
 * How many calls a minute a token may make (API_RATE_LIMIT; 0: no limit), and how many failed ones an address
 * (see `callerNetwork`). The app's `RateLimiter` counts where there is one, else this process for itself.
 */
@Injectable()
export class ApiLimits implements OnModuleInit {
  private limiter: RateLimiter = new MemoryRateLimiter();

  constructor(
    private readonly modules: ModuleRef,
    private readonly env: Env,
  ) {}

  onModuleInit(): void {
    this.limiter = findPort(this.modules, RateLimiter) ?? this.limiter;
  }

  /** @throws RateLimited with the wait. */
  async countCall(principal: Principal): Promise<void> {
    await this.count(`token:${principal.tokenId}`, 'This token has made too many requests.');
  }

  /** Counts a call without a valid token. @throws RateLimited with the wait. */
  async countFailure(address: string): Promise<void> {
    const key = `failure:${callerNetwork(address)}`;
    await this.count(key, 'There were too many requests without a valid token from this address.');
  }

  private async count(key: string, message: string): Promise<void> {
    const perMinute = this.env.api.rateLimitPerMinute;
    if (perMinute === 0) return;
    const { ok, retryAfterMs } = await this.limiter.take(key, perMinute);
    if (!ok) throw new RateLimited(message, { retryAfterMs });
  }
}
