import type { RequestMethod } from '@nestjs/common';
import type { DiscoveryService, MetadataScanner } from '@nestjs/core';

/** Nest's own metadata keys (`PATH_METADATA`, `METHOD_METADATA` of @nestjs/common/constants). */
const pathKey = 'path';
const methodKey = 'method';

type Handler = (...args: unknown[]) => unknown;

/** One HTTP handler of the app. */
export interface HandlerInfo {
  controller: Handler;
  handler: Handler;
  /** `ContentsController.retry`. */
  name: string;
  method: RequestMethod;
  /** As written, below the controller's own path and without the global prefix. */
  paths: string[];
}

/** All HTTP handlers of the app's controllers, inherited ones included. */
export function listHandlers(discovery: DiscoveryService, scanner: MetadataScanner): HandlerInfo[] {
  return discovery.getControllers().flatMap(({ metatype }) => {
    if (typeof metatype !== 'function') return [];
    const prototype = metatype.prototype as Record<string, Handler>;
    return scanner.getAllMethodNames(prototype).flatMap((method) => {
      const handler = prototype[method];
      const requestMethod = handler && metadata<RequestMethod>(methodKey, handler);
      if (!handler || requestMethod === undefined) return [];
      return {
        controller: metatype as Handler,
        handler,
        name: `${metatype.name}.${method}`,
        method: requestMethod,
        paths: joinPaths(metadata<Paths>(pathKey, metatype), metadata<Paths>(pathKey, handler)),
      };
    });
  });
}

type Paths = string | string[];

function metadata<T>(key: string, target: object): T | undefined {
  return Reflect.getMetadata(key, target) as T | undefined;
}

function joinPaths(outer: Paths = '', inner: Paths = ''): string[] {
  return [outer].flat().flatMap((base) => [inner].flat().map((path) => `/${base}/${path}`.replace(/\/{2,}/g, '/')));
}
