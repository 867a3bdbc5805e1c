import { Injectable } from '@nestjs/common';
import type { CircuitView, PlatformView } from '@vaultstream/contracts';
import { platforms, settingsOf, type Platform } from '@vaultstream/platforms';
import { Env } from '@vaultstream/runtime';
import { PlatformHealth, Settings, type PlatformStateRecord, type PlatformTally } from '@vaultstream/store';
import { PlatformSettings } from '../parse/platform-settings.ts';
import { hasCircuit, healthWindowS } from './circuit-policy.ts';
import { conditionOf, successRatio } from './condition.ts';

/** Platforms as clients see them: what they declare, and how they are. */
@Injectable()
export class PlatformViews {
  constructor(
    private readonly health: PlatformHealth,
    private readonly settings: Settings,
    private readonly platformSettings: PlatformSettings,
    private readonly env: Env,
  ) {}

  /** In the order in which they are asked whose a URL is. @throws InfrastructureError */
  async list(): Promise<PlatformView[]> {
    const [rows, states, tallies] = await Promise.all([
      this.settings.list(),
      this.health.states(),
      this.health.tallies(healthWindowS),
    ]);
    const set = new Set([...rows.map(({ key }) => key), ...this.env.settings.keys()]);
    const find = <T extends { platform: string }>(all: T[], id: string) => all.find((one) => one.platform === id);
    return Promise.all(
      platforms.map(async (platform) => ({
        ...declared(platform, set),
        health: await this.healthOf(platform, find(states, platform.id), find(tallies, platform.id)),
      })),
    );
  }

  private async healthOf(
    platform: Platform,
    state: PlatformStateRecord | undefined,
    tally: PlatformTally | undefined,
  ): Promise<PlatformView['health']> {
    const { succeeded, absent, failed, sick } = tally ?? { succeeded: 0, absent: 0, failed: 0, sick: 0 };
    const tries = succeeded + absent + failed + sick;
    const window = { seconds: healthWindowS, tries, succeeded, absent, failed, sick };
    const health = {
      success_ratio: successRatio(window),
      window,
      last_error_type: tally?.lastErrorType ?? null,
      last_error_at: tally?.lastErrorAt?.toISOString() ?? null,
      last_success_at: tally?.lastSuccessAt?.toISOString() ?? null,
      circuit: hasCircuit(platform) ? circuitView(state) : null,
      cookie: await this.cookieOf(platform, state),
      canary: state?.canary ?? null,
    };
    return { state: conditionOf(health), ...health };
  }

  /** What the platform said of other cookies says nothing of these. */
  private async cookieOf(
    platform: Platform,
    state: PlatformStateRecord | undefined,
  ): Promise<PlatformView['health']['cookie']> {
    if (![...settingsOf(platform).values()].some(({ secret }) => secret)) return null;
    const print = await this.platformSettings.cookiePrint(platform);
    if (print === null) return { state: 'unset', since: null };
    if (state?.cookiePrint !== print || state.cookieState === null) return { state: 'set', since: null };
    return { state: state.cookieState, since: state.cookieSince?.toISOString() ?? null };
  }
}

/** A platform's circuit; closed where nothing has happened to it. */
export function circuitView(state: PlatformStateRecord | undefined): CircuitView {
  const circuit = state?.circuit ?? 'closed';
  const since = circuit === 'closed' ? state?.closedAt : state?.openedAt;
  return {
    state: circuit,
    since: since?.toISOString() ?? null,
    retry_at: (circuit === 'open' ? state?.retryAt?.toISOString() : null) ?? null,
    reason: state?.circuitReason ?? null,
    trips: state?.trips ?? 0,
  };
}

function declared(platform: Platform, set: ReadonlySet<string>): Omit<PlatformView, 'health'> {
  const { id, hosts, contentTypes, parserVersion, example } = platform;
  return {
    id,
    hosts: [...hosts],
    content_types: [...contentTypes],
    parser_version: parserVersion,
    example,
    settings: [...settingsOf(platform).values()].map(({ key, description, secret }) => ({
      key,
      description,
      secret,
      configured: set.has(key),
    })),
  };
}
