import { Injectable, type OnModuleInit } from '@nestjs/common';
import { DiscoveryService, MetadataScanner, ModuleRef, Reflector } from '@nestjs/core';
import { TokenVerifier, type Principal } from '@vaultstream/contracts';
import { findPort } from '../find-port.ts';
import { listHandlers } from '../http/list-handlers.ts';
import { routePolicy } from './route-policy.ts';

/**
 * Looks tokens up with the app's `TokenVerifier`, and at boot sees to it that there is one and that every handler says who
 * may call it.
 */
@Injectable()
export class TokenCheck implements OnModuleInit {
  private verifier: TokenVerifier | undefined;

  constructor(
    private readonly modules: ModuleRef,
    private readonly reflector: Reflector,
    private readonly discovery: DiscoveryService,
    private readonly scanner: MetadataScanner,
  ) {}

  /** @throws Error listing the handlers that are neither `@Public()` nor `@Scopes()`. */
  onModuleInit(): void {
    const handlers = listHandlers(this.discovery, this.scanner).map(({ controller, handler, name }) => ({
      name,
      policy: routePolicy(this.reflector, handler, controller),
    }));
    const bare = handlers.filter(({ policy }) => !policy).map(({ name }) => name);
    if (bare.length > 0) throw new Error(`Neither @Public() nor @Scopes(): ${bare.join(', ')}`);
    this.verifier = findPort(this.modules, TokenVerifier);
    if (!this.verifier && handlers.some(({ policy }) => policy?.kind === 'scopes'))
      throw new Error('There are handlers with @Scopes() but no module provides TokenVerifier');
  }

  /** Answers null for a token that is unknown, expired or revoked. */
  async verify(token: string, how?: { fresh: boolean }): Promise<Principal | null> {
    return (await this.verifier?.verify(token, how)) ?? null;
  }
}
