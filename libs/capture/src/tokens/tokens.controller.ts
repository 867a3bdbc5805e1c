import { Controller, Delete, Get, HttpCode, Post } from '@nestjs/common';
import {
  pageOf,
  tokenViewSchema,
  NotFound,
  pageQuerySchema,
  tokenRequestSchema,
  type Page,
  type PageQuery,
  type Principal,
  type TokenRequest,
  type TokenView,
} from '@vaultstream/contracts';
import { Answers, CurrentPrincipal, Scopes, UuidParam, ZodBody, ZodQuery } from '@vaultstream/runtime';
import { Tokens } from '@vaultstream/store';

/** Who may call the API. */
@Controller('tokens')
@Scopes('admin')
export class TokensController {
  constructor(private readonly tokens: Tokens) {}

  /** The only answer that bears the token in clear. */
  @Post()
  @Answers('Makes a token; this answer alone bears it in clear.', { 201: tokenViewSchema })
  create(@CurrentPrincipal() maker: Principal, @ZodBody(tokenRequestSchema) request: TokenRequest): Promise<TokenView> {
    return this.tokens.create(maker, request);
  }

  /** Newest first, revoked ones included. */
  @Get()
  @Answers('Tokens, newest first, revoked ones included.', { 200: pageOf(tokenViewSchema) })
  list(@ZodQuery(pageQuerySchema) page: PageQuery): Promise<Page<TokenView>> {
    return this.tokens.list(page);
  }

  /** Repeatable. */
  @Delete(':id')
  @HttpCode(204)
  @Answers('Revokes a token.', { 204: null })
  async revoke(@UuidParam() id: string): Promise<void> {
    if (!(await this.tokens.revoke(id))) throw new NotFound('There is no token with this id.');
  }
}
