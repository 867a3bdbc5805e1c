import type { FastifyRequest } from 'fastify';

/** Routes that are asked every few seconds by machines. */
const chatty = new Set(['/livez', '/readyz', '/metrics']);

/** What stands for the route of a request that matched none: labels, logs and spans never bear a stranger's path. */
const unmatched = 'unmatched';

/** The pattern of a request's route, such as `/api/v1/contents/:id`. */
export function routeOf(request: FastifyRequest): string {
  return (request.is404 ? undefined : request.routeOptions.url) ?? unmatched;
}

/** Whether a route is asked every few seconds by machines. */
export function isChatty(route: string): boolean {
  return chatty.has(route);
}
