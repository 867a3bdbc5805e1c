import cors from 'cors';
import type { FastifyReply, FastifyRequest } from 'fastify';

/** Lets the caller's page read an answer where its origin may. True: the request was a preflight, and is answered. */
type AllowOrigins = (request: FastifyRequest, reply: FastifyReply) => boolean;

/** What a page may send beside the few headers that every page may. */
const allowedHeaders = [
  'Authorization',
  'Content-Type',
  'Idempotency-Key',
  'If-None-Match',
  'Last-Event-ID',
  'Range',
  'Traceparent',
  'X-API-Token',
  'X-Request-Id',
];

/** What a page may read beside the few headers that every page may. */
const exposedHeaders = [
  'Content-Range',
  'ETag',
  'Idempotent-Replayed',
  'Location',
  'Retry-After',
  'Traceresponse',
  'X-Request-Id',
];

/** Seconds that a browser keeps the answer to a preflight; none keeps it for longer (Chromium's bound). */
const maxAgeS = 7_200;

/**
 * Cross-origin calls (the Fetch standard's CORS protocol) for pages of these origins; for those of others nothing changes.
 * Credentials are never allowed: who calls says so by a token, and a cookie of ours belongs to our own pages.
 * @param origins As in CORS_ALLOWED_ORIGINS; `*` allows any, none is the default.
 */
export function corsFor(origins: readonly string[]): AllowOrigins {
  if (origins.length === 0) return () => false;
  const any = origins.includes('*');
  const write = cors({
    origin: any ? '*' : [...origins],
    methods: ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE'],
    allowedHeaders,
    exposedHeaders,
    maxAge: maxAgeS,
  });
  return (request, reply) => {
    const { origin, 'access-control-request-method': wanted } = request.headers;
    if (!any) reply.raw.setHeader('vary', 'Origin');
    if (origin === undefined || !(any || origins.includes(origin))) return false;
    const isPreflight = request.method === 'OPTIONS' && wanted !== undefined;
    if (isPreflight) reply.hijack();
    // Anything but an OPTIONS is left to go on; without `Access-Control-Request-Method` an OPTIONS is a request like others.
    else if (request.method === 'OPTIONS') return false;
    write(request.raw, reply.raw, () => undefined);
    return isPreflight;
  };
}
