import { Controller, Delete, Get, HttpCode, Patch, Post } from '@nestjs/common';
import {
  pageOf,
  targetViewSchema,
  pageQuery,
  targetPatchSchema,
  targetRequestSchema,
  type Page,
  type TargetPatch,
  type TargetRequest,
  type TargetView,
} from '@vaultstream/contracts';
import { Answers, CallerSignal, Idempotent, Scopes, UuidParam, ZodBody, ZodQuery } from '@vaultstream/runtime';
import { Targets, toTargetView } from '@vaultstream/store';
import { z } from 'zod';
import { TargetAdmin } from '../target-admin.ts';

const listQuerySchema = z.strictObject(pageQuery);
type ListQuery = z.infer<typeof listQuerySchema>;
const testAnswerSchema = z.object({ ok: z.boolean(), detail: z.string() });

/** Where contents are pushed to. */
@Controller('targets')
@Scopes('push')
export class TargetsController {
  constructor(
    private readonly targets: Targets,
    private readonly admin: TargetAdmin,
  ) {}

  @Post()
  @Idempotent()
  @Answers('Makes a target; this answer alone bears the secret that the server made.', { 201: targetViewSchema }, 409)
  create(@ZodBody(targetRequestSchema) request: TargetRequest): Promise<TargetView> {
    return this.admin.create(request);
  }

  @Get()
  @Answers('Targets, newest first.', { 200: pageOf(targetViewSchema) })
  async list(@ZodQuery(listQuerySchema) query: ListQuery): Promise<Page<TargetView>> {
    const page = await this.targets.list(query);
    return { ...page, items: page.items.map(toTargetView) };
  }

  @Get(':id')
  @Answers('One target.', { 200: targetViewSchema })
  async get(@UuidParam() id: string): Promise<TargetView> {
    return toTargetView(await this.targets.get(id));
  }

  @Patch(':id')
  @Answers(
    'Changes a target. A secret does not follow to another address: without a new one given, this answer alone bears the one that was made.',
    { 200: targetViewSchema },
    409,
  )
  update(@UuidParam() id: string, @ZodBody(targetPatchSchema) patch: TargetPatch): Promise<TargetView> {
    return this.admin.update(id, patch);
  }

  @Delete(':id')
  @HttpCode(204)
  @Answers('Deletes a target; what waits for it is cancelled.', { 204: null })
  async remove(@UuidParam() id: string): Promise<void> {
    await this.targets.remove(id);
  }

  @Post(':id/test')
  @HttpCode(200)
  @Answers('Sends something harmless to a target.', { 200: testAnswerSchema }, 409)
  test(@UuidParam() id: string, @CallerSignal() caller: AbortSignal): Promise<{ ok: boolean; detail: string }> {
    return this.admin.test(id, caller);
  }
}
