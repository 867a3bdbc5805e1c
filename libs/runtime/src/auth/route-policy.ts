import type { Reflector } from '@nestjs/core';
import type { Scope } from '@vaultstream/contracts';
import { PUBLIC, SCOPES } from './auth.decorators.ts';

/** Who may call a handler. */
export type RoutePolicy = { kind: 'public' } | { kind: 'scopes'; scopes: readonly Scope[] };

type Target = Parameters<Reflector['get']>[1];

/**
 * The policy of a handler: its own, else its controller's; undefined when there is none (nobody may call it).
 * @throws Error when one target is declared both public and scoped.
 */
export function routePolicy(reflector: Reflector, handler: Target, controller: Target): RoutePolicy | undefined {
  return policyOf(reflector, handler) ?? policyOf(reflector, controller);
}

function policyOf(reflector: Reflector, target: Target): RoutePolicy | undefined {
  const open = reflector.get<true | undefined>(PUBLIC, target) === true;
  const scopes = reflector.get<Scope[] | undefined>(SCOPES, target);
  if (open && scopes) throw new Error(`${target.name} is both @Public() and @Scopes(${scopes.join(', ')})`);
  if (open) return { kind: 'public' };
  return scopes && { kind: 'scopes', scopes };
}
