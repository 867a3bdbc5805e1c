import { Inject, Injectable } from '@nestjs/common';
import { isVaultError, Later } from '@vaultstream/contracts';
import { platformById } from '@vaultstream/platforms';
import { LOGGER, type Logger } from '@vaultstream/runtime';
import { PlatformHealth } from '@vaultstream/store';
import { circuitPolicy, hasCircuit, patienceMs } from './circuit-policy.ts';
import { CircuitStates } from './circuit-states.ts';
import { CookieWatch } from './cookie-watch.ts';
import { outcomeOf } from './outcome-of.ts';
import { TryBook } from './try-book.ts';

/** The leave to ask a platform once. */
export interface Pass {
  platform: string;
  /** Set for the one parse that tries whether a sick platform is back. */
  probe: { id: string; openedAt: Date } | null;
}

/** Why a platform is not asked now. */
export interface Waiting {
  platform: string;
  reason: string;
  openedAt: Date;
  retryAfterMs: number;
}

/** Looks after the platforms: who may ask, what came of it, and what follows from that for the others. */
@Injectable()
export class PlatformWatch {
  constructor(
    private readonly health: PlatformHealth,
    private readonly states: CircuitStates,
    private readonly book: TryBook,
    private readonly cookies: CookieWatch,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {}

  /** The leave to ask, or why not. @throws InfrastructureError */
  async enter(platform: string): Promise<Pass | Waiting> {
    const seen = await this.waits(platform);
    if (seen === null) return { platform, probe: null };
    const id = seen.retryAfterMs > 0 ? null : await this.health.claimProbe(platform, circuitPolicy);
    if (id !== null) return { platform, probe: { id, openedAt: seen.openedAt } };
    // All that wait for one circuit would else come back in the same moment.
    const spreadMs = 250 + Math.random() * Math.min(10_000, seen.retryAfterMs / 4);
    return { ...seen, retryAfterMs: Math.ceil(seen.retryAfterMs + spreadMs) };
  }

  /** Why a parse of this platform would wait, as of a moment ago; null when it would not. @throws InfrastructureError */
  async waits(platform: string): Promise<Waiting | null> {
    return (await this.states.openOne(platform)) === undefined ? null : this.waitsNow(platform);
  }

  /** The same, looked up anew. @throws InfrastructureError */
  async waitsNow(platform: string): Promise<Waiting | null> {
    this.states.forget();
    const state = await this.states.openOne(platform);
    if (state === undefined) return null;
    const { waitMs, openedAt, circuitReason } = state;
    const reason = `${platform} is sick: ${circuitReason ?? 'most of what was asked has failed'}`;
    return { platform, reason, openedAt: openedAt ?? new Date(), retryAfterMs: waitMs };
  }

  /** The platform has answered with a content. */
  async succeeded(pass: Pass): Promise<void> {
    void this.book.add({ platform: pass.platform, outcome: 'succeeded', errorType: null });
    void this.cookies.note(pass.platform, 'valid');
    await this.answered(pass);
  }

  /** Asking has failed. Answers the error that the run ends with: a failed probe costs its parse no attempt. */
  async failed(pass: Pass, error: unknown): Promise<unknown> {
    const { platform, probe } = pass;
    const outcome = outcomeOf(error);
    if (outcome === null) {
      if (probe) await this.quietly(() => this.health.releaseProbe(platform, probe.id));
      return error;
    }
    const errorType = isVaultError(error) ? error.name : 'UnexpectedError';
    await this.book.add({ platform, outcome, errorType });
    if (errorType === 'AccessDenied') void this.cookies.note(platform, 'rejected');
    if (outcome === 'sick') return this.sick(pass, error, errorType);
    // Nonsense and refusals are answers too.
    await this.answered(pass);
    return error;
  }

  private async sick({ platform, probe }: Pass, error: unknown, errorType: string): Promise<unknown> {
    const known = platformById(platform);
    if (known === undefined || !hasCircuit(known)) return error;
    const reason = `${errorType}: ${error instanceof Error ? error.message : String(error)}`;
    if (probe === null) {
      await this.quietly(() => this.health.trip(platform, reason, circuitPolicy));
      return error;
    }
    await this.quietly(() => this.health.reopen(platform, probe.id, reason, circuitPolicy));
    if (Date.now() - probe.openedAt.getTime() > patienceMs) return error;
    return new Later(`${platform} is still sick: ${reason}`, {
      cause: error,
      retryAfterMs: circuitPolicy.firstPauseMs,
    });
  }

  private async answered({ platform, probe }: Pass): Promise<void> {
    if (probe) await this.quietly(() => this.health.close(platform, { probe: probe.id }));
  }

  /** What is known of a platform is no reason to fail a parse: a probe that is not settled runs out by itself. */
  private async quietly(write: () => Promise<unknown>): Promise<void> {
    try {
      await write();
    } catch (err) {
      this.logger.warn({ name: 'platform.health', err }, 'the state of a platform could not be written');
    }
    this.states.forget();
  }
}
