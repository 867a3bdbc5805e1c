import { Injectable } from '@nestjs/common';
import { AccessDenied, type Principal, type Scope } from '@vaultstream/contracts';
import type { FastifyRequest } from 'fastify';
import { requestState } from '../http/request-state.ts';
import { ApiLimits } from '../rate-limit/api-limits.ts';
import { TokenCheck } from './token-check.ts';
import { Unauthenticated } from './unauthenticated.error.ts';

/** Lets a request in or not: who the caller is, how often he came, what he may do, in this order. */
@Injectable()
export class Admission {
  constructor(
    private readonly tokens: TokenCheck,
    private readonly limits: ApiLimits,
  ) {}

  /**
   * Notes the caller in the request's state.
   * @param token As presented, if one was.
   * @param scopes All that are needed; undefined: nobody may.
   * @throws Unauthenticated, AccessDenied, RateLimited, InfrastructureError (the token cannot be looked up).
   */
  async admit(request: FastifyRequest, token: string | undefined, scopes: readonly Scope[] | undefined): Promise<void> {
    const principal = await this.identify(request, token);
    requestState(request).principal = principal;
    await this.limits.countCall(principal);
    const missing = scopes ? missingScopes(principal, scopes) : [];
    if (!scopes || missing.length > 0)
      throw new AccessDenied(`This token lacks the scope: ${missing.join(', ') || 'none would do'}.`);
  }

  private async identify(request: FastifyRequest, token: string | undefined): Promise<Principal> {
    const principal = token === undefined ? null : await this.tokens.verify(token);
    if (principal) return principal;
    await this.limits.countFailure(request.ip);
    throw token === undefined
      ? new Unauthenticated()
      : new Unauthenticated('This token is not known, expired or revoked.');
  }
}

function missingScopes(principal: Principal, needed: readonly Scope[]): Scope[] {
  return principal.scopes.includes('admin') ? [] : needed.filter((scope) => !principal.scopes.includes(scope));
}
