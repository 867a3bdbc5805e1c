import { Injectable, type CanActivate, type ExecutionContext } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import type { FastifyRequest } from 'fastify';
import { Admission } from './admission.ts';
import { routePolicy } from './route-policy.ts';

/**
 * Stands before every handler and lets nobody through that has no business there. `RequestAuthenticator` has asked for the token before
 * the body was read; this sees to it that it did so for this very handler. A handler without a policy is closed (and the app does not
 * boot with one).
 */
@Injectable()
export class AuthGuard implements CanActivate {
  constructor(
    private readonly reflector: Reflector,
    private readonly admission: Admission,
  ) {}

  /** @throws Unauthenticated, AccessDenied. */
  canActivate(context: ExecutionContext): boolean {
    const policy = routePolicy(this.reflector, context.getHandler(), context.getClass());
    if (policy?.kind !== 'public')
      this.admission.assertAdmitted(context.switchToHttp().getRequest<FastifyRequest>(), policy?.scopes);
    return true;
  }
}
