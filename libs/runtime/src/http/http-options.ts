import type { Server } from 'node:http';
import type { FastifyHttpOptions } from 'fastify';

/** Limits of the HTTP edge. Tests shorten the times; nothing else changes them. */
export interface HttpLimits {
  /** Bytes of a body. */
  bodyBytes: number;
  /** Characters of a request target. */
  urlLength: number;
  /** Milliseconds in which the headers, and the whole request, must be in. */
  headersTimeoutMs: number;
  requestTimeoutMs: number;
  /** Milliseconds a connection may idle: longer than a load balancer's, so that it is never us who hangs up first. */
  keepAliveMs: number;
  /** Milliseconds between looks for connections whose time is up. */
  checkEveryMs: number;
  /** Milliseconds in which running requests may end after shutdown began; then their connections are cut. */
  closeMs: number;
}

export const defaultLimits: HttpLimits = {
  bodyBytes: 1_048_576,
  urlLength: 8_192,
  headersTimeoutMs: 10_000,
  requestTimeoutMs: 30_000,
  keepAliveMs: 72_000,
  checkEveryMs: 5_000,
  closeMs: 10_000,
};

/**
 * Fastify's options for these limits.
 * @param trustedProxies How many proxies in front of us add to `X-Forwarded-For`; 0 believes no such header.
 */
export function fastifyOptions(limits: HttpLimits, trustedProxies: number) {
  return {
    logger: false,
    bodyLimit: limits.bodyBytes,
    requestTimeout: limits.requestTimeoutMs,
    keepAliveTimeout: limits.keepAliveMs,
    http: { headersTimeout: limits.headersTimeoutMs, connectionsCheckingInterval: limits.checkEveryMs },
    trustProxy: trustedProxies > 0 && ((_address: string, hop: number) => hop < trustedProxies),
    onProtoPoisoning: 'error',
    onConstructorPoisoning: 'error',
    // Our own hook answers 503 while closing, as a problem and with all headers.
    return503OnClosing: false,
    routerOptions: { maxParamLength: 1_024 },
  } satisfies FastifyHttpOptions<Server>;
}
