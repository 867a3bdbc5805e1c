import { Injectable } from '@nestjs/common';
import { AccessDenied, type Principal, type Scope } from '@vaultstream/contracts';
import type { FastifyRequest } from 'fastify';
import { requestState } from '../http/request-state.ts';
import { ApiLimits } from '../rate-limit/api-limits.ts';
import { noTokenMessage } from './presented-token.ts';
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
    const state = requestState(request);
    state.principal = principal;
    state.stillAdmitted = () => this.holds(token, scopes);
    await this.limits.countCall(principal);
    assertScopes(principal, scopes);
  }

  /**
   * Sees to it that `admit` has let the request in, and for these scopes. Counts nothing.
   * @throws Unauthenticated, AccessDenied.
   */
  assertAdmitted(request: FastifyRequest, scopes: readonly Scope[] | undefined): void {
    const { principal } = requestState(request);
    if (!principal) throw new Unauthenticated();
    assertScopes(principal, scopes);
  }

  /**
   * Whether a request that was let in would be so now: its token may have been revoked, have expired or have lost a scope. For answers
   * that go on for long. It is looked up anew, and not counted.
   * @throws InfrastructureError (the token cannot be looked up).
   */
  async isStillAdmitted(request: FastifyRequest): Promise<boolean> {
    return (await requestState(request).stillAdmitted?.()) ?? false;
  }

  private async holds(token: string | undefined, scopes: readonly Scope[] | undefined): Promise<boolean> {
    const principal = token === undefined ? null : await this.tokens.verify(token, { fresh: true });
    return principal !== null && scopes !== undefined && missingScopes(principal, scopes).length === 0;
  }

  /**
   * Counts a request that brought something else than a token to be let in, such as a forged link, as one without a valid token.
   * @throws RateLimited when there were too many of those from its address.
   */
  async countFailure(request: FastifyRequest): Promise<void> {
    await this.limits.countFailure(request.ip);
  }

  private async identify(request: FastifyRequest, token: string | undefined): Promise<Principal> {
    const principal = token === undefined ? null : await this.tokens.verify(token);
    if (principal) return principal;
    await this.countFailure(request);
    throw new Unauthenticated(
      token === undefined ? noTokenMessage(request.headers) : 'This token is not known, expired or revoked.',
    );
  }
}

function assertScopes(principal: Principal, needed: readonly Scope[] | undefined): void {
  const missing = needed ? missingScopes(principal, needed) : [];
  if (!needed || missing.length > 0)
    throw new AccessDenied(`This token lacks the scope: ${missing.join(', ') || 'none would do'}.`);
}

function missingScopes(principal: Principal, needed: readonly Scope[]): Scope[] {
  return principal.scopes.includes('admin') ? [] : needed.filter((scope) => !principal.scopes.includes(scope));
}
