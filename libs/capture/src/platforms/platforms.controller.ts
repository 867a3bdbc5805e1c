import { Controller, Get, HttpCode, Post } from '@nestjs/common';
import {
  canaryReportSchema,
  Conflict,
  NotFound,
  platformPathSchema,
  platformViewSchema,
  resetAnswerSchema,
  type CanaryReport,
  type PlatformPath,
  type PlatformView,
  type Principal,
  type ResetAnswer,
} from '@vaultstream/contracts';
import { platformById, type Platform } from '@vaultstream/platforms';
import { Answers, CallerSignal, CurrentPrincipal, RequestFetches, Scopes, ZodParams } from '@vaultstream/runtime';
import { PlatformHealth } from '@vaultstream/store';
import { z } from 'zod';
import { CanaryService } from '../platform-health/canary.service.ts';
import { hasCircuit } from '../platform-health/circuit-policy.ts';
import { circuitView, PlatformViews } from '../platform-health/platform-views.ts';

/** What can be shared, and how those are who tell about it. */
@Controller('platforms')
export class PlatformsController {
  constructor(
    private readonly views: PlatformViews,
    private readonly canaries: CanaryService,
    private readonly health: PlatformHealth,
    private readonly fetches: RequestFetches,
  ) {}

  @Get()
  @Scopes('read')
  @Answers('What can be shared, and how each platform is.', { 200: z.array(platformViewSchema) })
  list(): Promise<PlatformView[]> {
    return this.views.list();
  }

  @Post(':id/canary')
  @HttpCode(200)
  @Scopes('admin')
  @Answers(
    'Reads the platform’s example now and says what came of it. No content is made.',
    {
      200: canaryReportSchema,
    },
    404,
  )
  canary(
    @ZodParams(platformPathSchema) { id }: PlatformPath,
    @CallerSignal() caller: AbortSignal,
  ): Promise<CanaryReport> {
    const platform = known(id);
    const { host } = new URL(platform.example);
    return this.fetches.run((at) => at(host, () => this.canaries.run(platform, caller)));
  }

  @Post(':id/reset')
  @HttpCode(200)
  @Scopes('admin')
  @Answers(
    'Closes the platform’s circuit: the parses that wait for it run within seconds.',
    { 200: resetAnswerSchema },
    404,
    409,
  )
  async reset(
    @ZodParams(platformPathSchema) { id }: PlatformPath,
    @CurrentPrincipal() { name }: Principal,
  ): Promise<ResetAnswer> {
    if (!hasCircuit(known(id))) throw new Conflict(`Platform "${id}" has no circuit: it is many hosts.`);
    const was_open = await this.health.close(id, { person: name });
    const states = await this.health.states();
    return { was_open, circuit: circuitView(states.find(({ platform }) => platform === id)) };
  }
}

function known(id: string): Platform {
  const platform = platformById(id);
  if (!platform) throw new NotFound(`There is no platform "${id}".`);
  return platform;
}
