import { createParamDecorator, SetMetadata, type ExecutionContext } from '@nestjs/common';
import type { Scope } from '@vaultstream/contracts';
import { requestState } from '../http/request-state.ts';
import { Unauthenticated } from './unauthenticated.error.ts';

/** Metadata keys of the two decorators below. */
export const PUBLIC = 'vaultstream:public';
export const SCOPES = 'vaultstream:scopes';

/** Open to everyone, without a token. On a handler, or on a controller for all of its handlers. */
export function Public(): ClassDecorator & MethodDecorator {
  return SetMetadata(PUBLIC, true);
}

/** Needs a token that has all these scopes (`admin` has every scope). A handler's own list replaces its controller's. */
export function Scopes(first: Scope, ...more: Scope[]): ClassDecorator & MethodDecorator {
  return SetMetadata(SCOPES, [first, ...more]);
}

/** The caller, in a handler that is not `@Public()`. */
export const CurrentPrincipal: () => ParameterDecorator = createParamDecorator(
  (_: unknown, context: ExecutionContext) => {
    const { principal } = requestState(context.switchToHttp().getRequest());
    if (!principal) throw new Unauthenticated();
    return principal;
  },
);
