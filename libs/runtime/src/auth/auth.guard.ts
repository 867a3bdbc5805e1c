import { Injectable, type CanActivate, type ExecutionContext } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import { AccessDenied, type Principal, type Scope } from '@vaultstream/contracts';
import type { FastifyRequest } from 'fastify';
import { requestState } from '../http/request-state.ts';
import { ApiLimits } from '../rate-limit/api-limits.ts';
import { presentedToken } from './presented-token.ts';
import { routePolicy } from './route-policy.ts';
import { TokenCheck } from './token-check.ts';
import { Unauthenticated } from './unauthenticated.error.ts';

/**
 * Stands before every handler and lets nobody through that has no business there: who the caller is, how often he came,
 * what he may do, in this order. A handler without a policy is closed (and the app does not boot with one).
 */
@Injectable()
export class AuthGuard implements CanActivate {
  constructor(
    private readonly reflector: Reflector,
    private readonly tokens: TokenCheck,
    private readonly limits: ApiLimits,
  ) {}

  /** @throws Unauthenticated, AccessDenied, RateLimited, InfrastructureError (the token cannot be looked up). */
  async canActivate(context: ExecutionContext): Promise<boolean> {
    const policy = routePolicy(this.reflector, context.getHandler(), context.getClass());
    if (policy?.kind === 'public') return true;
    const request = context.switchToHttp().getRequest<FastifyRequest>();
    const principal = await this.identify(request);
    requestState(request).principal = principal;
    await this.limits.countCall(principal);
    const missing = policy ? missingScopes(principal, policy.scopes) : [];
    if (!policy || missing.length > 0)
      throw new AccessDenied(`This token lacks the scope: ${missing.join(', ') || 'none would do'}.`);
    return true;
  }

  private async identify(request: FastifyRequest): Promise<Principal> {
    const token = presentedToken(request.headers);
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
