import { Controller, Delete, Get, HttpCode, Patch, Post } from '@nestjs/common';
import {
  botPatchSchema,
  botRequestSchema,
  botViewSchema,
  pageOf,
  pageQuerySchema,
  type BotPatch,
  type BotRequest,
  type BotView,
  type Page,
  type PageQuery,
} from '@vaultstream/contracts';
import { Answers, Scopes, UuidParam, ZodBody, ZodQuery } from '@vaultstream/runtime';
import { Bots, toBotView } from '@vaultstream/store';
import { BotAdmin } from '../bot-admin.ts';

/** Bot accounts that contents are pushed through. No answer shows a token. */
@Controller('bot-config')
@Scopes('admin')
export class BotConfigController {
  constructor(
    private readonly bots: Bots,
    private readonly admin: BotAdmin,
  ) {}

  @Post()
  @Answers('Keeps a bot; as the primary one it replaces the one before.', { 201: botViewSchema })
  create(@ZodBody(botRequestSchema) request: BotRequest): Promise<BotView> {
    return this.admin.create(request);
  }

  @Get()
  @Answers('Bots, newest first, their tokens masked.', { 200: pageOf(botViewSchema) })
  async list(@ZodQuery(pageQuerySchema) query: PageQuery): Promise<Page<BotView>> {
    const page = await this.bots.list(query);
    return { ...page, items: page.items.map(toBotView) };
  }

  @Get(':id')
  @Answers('One bot, its token masked.', { 200: botViewSchema })
  async get(@UuidParam() id: string): Promise<BotView> {
    return toBotView(await this.bots.get(id));
  }

  @Patch(':id')
  @Answers('Changes a bot; a new token lets a bot work again that was disabled for the old one.', {
    200: botViewSchema,
  })
  update(@UuidParam() id: string, @ZodBody(botPatchSchema) patch: BotPatch): Promise<BotView> {
    return this.admin.update(id, patch);
  }

  @Delete(':id')
  @HttpCode(204)
  @Answers('Deletes a bot; what would go through it waits.', { 204: null })
  remove(@UuidParam() id: string): Promise<void> {
    return this.admin.remove(id);
  }
}
