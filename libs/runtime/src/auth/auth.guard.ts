import { Injectable, type CanActivate, type ExecutionContext } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import type { FastifyRequest } from 'fastify';
import { Admission } from './admission.ts';
import { presentedToken } from './presented-token.ts';
import { routePolicy } from './route-policy.ts';

/**
 * Stands before every handler and lets nobody through that has no business there. A handler without a policy is closed (and the app does
 * not boot with one).
 */
@Injectable()
export class AuthGuard implements CanActivate {
  constructor(
    private readonly reflector: Reflector,
    private readonly admission: Admission,
  ) {}

  /** @throws As Admission.admit. */
  async canActivate(context: ExecutionContext): Promise<boolean> {
    const policy = routePolicy(this.reflector, context.getHandler(), context.getClass());
    if (policy?.kind === 'public') return true;
    const request = context.switchToHttp().getRequest<FastifyRequest>();
    await this.admission.admit(request, presentedToken(request.headers), policy?.scopes);
    return true;
  }
}
