import { Controller, Delete, Get, HttpCode, Patch, Post } from '@nestjs/common';
import {
  pageOf,
  ruleViewSchema,
  pageQuery,
  rulePatchSchema,
  ruleRequestSchema,
  UnitOfWork,
  type Page,
  type RulePatch,
  type RuleRequest,
  type RuleView,
} from '@vaultstream/contracts';
import { Answers, Idempotent, Scopes, UuidParam, ZodBody, ZodQuery } from '@vaultstream/runtime';
import { Rules, toRuleView } from '@vaultstream/store';
import { z } from 'zod';

const listQuerySchema = z.strictObject(pageQuery);
type ListQuery = z.infer<typeof listQuerySchema>;

/** Which contents go to which targets. A change counts for contents that are shared or changed after it. */
@Controller('rules')
@Scopes('push')
export class RulesController {
  constructor(
    private readonly rules: Rules,
    private readonly work: UnitOfWork,
  ) {}

  @Post()
  @Idempotent()
  @Answers('Makes a rule.', { 201: ruleViewSchema })
  async create(@ZodBody(ruleRequestSchema) request: RuleRequest): Promise<RuleView> {
    return toRuleView(await this.work.transact((tx) => this.rules.create(tx, request)));
  }

  @Get()
  @Answers('Rules, newest first.', { 200: pageOf(ruleViewSchema) })
  async list(@ZodQuery(listQuerySchema) query: ListQuery): Promise<Page<RuleView>> {
    const page = await this.rules.list(query);
    return { ...page, items: page.items.map(toRuleView) };
  }

  @Get(':id')
  @Answers('One rule.', { 200: ruleViewSchema })
  async get(@UuidParam() id: string): Promise<RuleView> {
    return toRuleView(await this.rules.get(id));
  }

  @Patch(':id')
  @Answers('Changes a rule, for contents that are shared or changed from now on.', { 200: ruleViewSchema }, 409)
  async update(@UuidParam() id: string, @ZodBody(rulePatchSchema) patch: RulePatch): Promise<RuleView> {
    return toRuleView(await this.work.transact((tx) => this.rules.update(tx, id, patch)));
  }

  @Delete(':id')
  @HttpCode(204)
  @Answers('Deletes a rule; what it has planned stays.', { 204: null })
  async remove(@UuidParam() id: string): Promise<void> {
    await this.work.transact((tx) => this.rules.remove(tx, id));
  }
}
