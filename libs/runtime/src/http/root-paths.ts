import { DiscoveryService, MetadataScanner } from '@nestjs/core';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { ROOT } from './root.decorator.ts';
import { listHandlers, type HandlerInfo } from './list-handlers.ts';

/** What stands before the paths of all controllers but those that are `@Root()`. */
export const apiPrefix = 'api/v1';

/** The paths of a handler as the router knows them, such as `/api/v1/contents/:id`. */
export function routerPaths({ controller, paths }: HandlerInfo): string[] {
  const prefix = Reflect.getMetadata(ROOT, controller) === true ? '' : `/${apiPrefix}`;
  return paths.map((path) => `${prefix}${path}`.replace(/\/$/, '') || '/');
}

/** Puts the API below `/api/v1`. (The router writes a wildcard `*`, Nest's list of exceptions wants it to have a name.) Call it before the app is initialised. */
export function setApiPrefix(app: NestFastifyApplication): void {
  const handlers = listHandlers(
    app.get(DiscoveryService, { strict: false }),
    app.get(MetadataScanner, { strict: false }),
  );
  const exclude = handlers
    .filter(({ controller }) => Reflect.getMetadata(ROOT, controller) === true)
    .flatMap(({ paths, method }) => paths.map((path) => ({ path: path.replace(/\*$/, '*rest'), method })));
  app.setGlobalPrefix(apiPrefix, { exclude });
}
