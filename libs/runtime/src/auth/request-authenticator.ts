import { Injectable, NotFoundException, RequestMethod, type OnModuleInit } from '@nestjs/common';
import { DiscoveryService, MetadataScanner, Reflector } from '@nestjs/core';
import type { FastifyRequest } from 'fastify';
import { listHandlers } from '../http/list-handlers.ts';
import { routerPaths } from '../http/root-paths.ts';
import { Admission } from './admission.ts';
import { presentedToken } from './presented-token.ts';
import { routePolicy, type RoutePolicy } from './route-policy.ts';

declare module 'fastify' {
  interface FastifyContextConfig {
    /** The route stands behind a hook of its own that asks for a token: see `lookOnly`. */
    authenticatesItself?: boolean;
  }
}

/**
 * Asks every request for its token when its headers are in and its body is not yet read: what a stranger sends is never parsed. The
 * policies are those of the handlers' decorators, by method and path as the router knows them. A route that none of them describes is
 * closed.
 */
@Injectable()
export class RequestAuthenticator implements OnModuleInit {
  private readonly policies = new Map<string, RoutePolicy | undefined>();

  constructor(
    private readonly admission: Admission,
    private readonly reflector: Reflector,
    private readonly discovery: DiscoveryService,
    private readonly scanner: MetadataScanner,
  ) {}

  onModuleInit(): void {
    for (const info of listHandlers(this.discovery, this.scanner)) {
      const policy = routePolicy(this.reflector, info.handler, info.controller);
      for (const path of routerPaths(info)) this.policies.set(`${RequestMethod[info.method]} ${path}`, policy);
    }
  }

  /**
   * Lets the request go on or not.
   * @throws NotFoundException where there is no route, and as `Admission.admit`.
   */
  async authenticate(request: FastifyRequest): Promise<void> {
    if (request.is404) throw new NotFoundException();
    const { url = '', config } = request.routeOptions;
    if (config.authenticatesItself === true) return;
    const policy = this.policyOf(request.method, url);
    if (policy?.kind === 'public') return;
    await this.admission.admit(request, presentedToken(request.headers), policy?.scopes);
  }

  /** The router answers HEAD wherever there is a GET. */
  private policyOf(method: string, url: string): RoutePolicy | undefined {
    const own = this.policies.get(`${method} ${url}`);
    return own ?? (method === 'HEAD' ? this.policies.get(`GET ${url}`) : undefined);
  }
}
