import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import type { FastifyInstance } from 'fastify';

/** One method of one route, as the router knows it. */
export interface Route {
  method: string;
  /** The pattern, such as `/api/v1/contents/:id`. */
  url: string;
}

const tables = new WeakMap<object, Route[]>();

/** Writes down each route as it is added. Call it before there are any. */
export function recordRoutes(server: FastifyInstance): void {
  const table: Route[] = [];
  tables.set(server, table);
  server.addHook('onRoute', ({ method, url }) => {
    table.push(...[method].flat().map((name) => ({ method: name, url })));
  });
}

/** All routes of an initialised app, HEAD included: what tests walk to show that none is left open. */
export function routeTable(app: NestFastifyApplication): readonly Route[] {
  return tables.get(app.getHttpAdapter().getInstance()) ?? [];
}
