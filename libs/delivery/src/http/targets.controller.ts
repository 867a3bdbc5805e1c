import { Controller, Delete, Get, HttpCode, Patch, Post } from '@nestjs/common';
import {
  pageQuery,
  targetPatchSchema,
  targetRequestSchema,
  UnitOfWork,
  type Page,
  type TargetPatch,
  type TargetRequest,
  type TargetView,
} from '@vaultstream/contracts';
import { Idempotent, Scopes, UuidParam, ZodBody, ZodQuery } from '@vaultstream/runtime';
import { Targets, toTargetView } from '@vaultstream/store';
import { z } from 'zod';
import { TargetAdmin } from '../target-admin.ts';

const listQuerySchema = z.strictObject(pageQuery);
type ListQuery = z.infer<typeof listQuerySchema>;

/** Where contents are pushed to. */
@Controller('targets')
@Scopes('push')
export class TargetsController {
  constructor(
    private readonly targets: Targets,
    private readonly admin: TargetAdmin,
    private readonly work: UnitOfWork,
  ) {}

  @Post()
  @Idempotent()
  create(@ZodBody(targetRequestSchema) request: TargetRequest): Promise<TargetView> {
    return this.admin.create(request);
  }

  @Get()
  async list(@ZodQuery(listQuerySchema) query: ListQuery): Promise<Page<TargetView>> {
    const page = await this.targets.list(query);
    return { ...page, items: page.items.map(toTargetView) };
  }

  @Get(':id')
  async get(@UuidParam() id: string): Promise<TargetView> {
    return toTargetView(await this.targets.get(id));
  }

  @Patch(':id')
  update(@UuidParam() id: string, @ZodBody(targetPatchSchema) patch: TargetPatch): Promise<TargetView> {
    return this.admin.update(id, patch);
  }

  @Delete(':id')
  @HttpCode(204)
  async remove(@UuidParam() id: string): Promise<void> {
    await this.work.transact((tx) => this.targets.remove(tx, id));
  }

  @Post(':id/test')
  @HttpCode(200)
  test(@UuidParam() id: string): Promise<{ ok: boolean; detail: string }> {
    return this.admin.test(id);
  }
}
