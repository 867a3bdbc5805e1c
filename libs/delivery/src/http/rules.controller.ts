import { Controller, Delete, Get, HttpCode, Patch, Post } from '@nestjs/common';
import {
  pageQuery,
  rulePatchSchema,
  ruleRequestSchema,
  UnitOfWork,
  type Page,
  type RulePatch,
  type RuleRequest,
  type RuleView,
} from '@vaultstream/contracts';
import { Idempotent, Scopes, UuidParam, ZodBody, ZodQuery } from '@vaultstream/runtime';
import { Rules, toRuleView } from '@vaultstream/store';
import { z } from 'zod';

const listQuerySchema = z.strictObject(pageQuery);
type ListQuery = z.infer<typeof listQuerySchema>;

/** Which contents go to which targets. A change counts for contents that settle after it. */
@Controller('rules')
@Scopes('push')
export class RulesController {
  constructor(
    private readonly rules: Rules,
    private readonly work: UnitOfWork,
  ) {}

  @Post()
  @Idempotent()
  async create(@ZodBody(ruleRequestSchema) request: RuleRequest): Promise<RuleView> {
    return toRuleView(await this.work.transact((tx) => this.rules.create(tx, request)));
  }

  @Get()
  async list(@ZodQuery(listQuerySchema) query: ListQuery): Promise<Page<RuleView>> {
    const page = await this.rules.list(query);
    return { ...page, items: page.items.map(toRuleView) };
  }

  @Get(':id')
  async get(@UuidParam() id: string): Promise<RuleView> {
    return toRuleView(await this.rules.get(id));
  }

  @Patch(':id')
  async update(@UuidParam() id: string, @ZodBody(rulePatchSchema) patch: RulePatch): Promise<RuleView> {
    return toRuleView(await this.work.transact((tx) => this.rules.update(tx, id, patch)));
  }

  @Delete(':id')
  @HttpCode(204)
  async remove(@UuidParam() id: string): Promise<void> {
    await this.work.transact((tx) => this.rules.remove(tx, id));
  }
}
