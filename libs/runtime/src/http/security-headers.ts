import type { IncomingMessage, ServerResponse } from 'node:http';
import helmet from 'helmet';
import { isError } from '../is-error.ts';

/**
 * Helmet's headers, for an API that shows nothing in a browser: no page may embed, frame or run what we answer. They are
 * the same for every answer, so they are computed once and also stand on answers that no middleware sees (a malformed
 * request line). A controller that does serve pages or files sets its own policy with `reply.header`, which wins.
 */
function computeHeaders(): Record<string, string> {
  const headers: Record<string, string> = { 'cache-control': 'no-store' };
  const recorder = {
    setHeader: (name: string, value: string) => (headers[name.toLowerCase()] = value),
    removeHeader: (name: string) => delete headers[name.toLowerCase()],
  };
  helmet({
    contentSecurityPolicy: { useDefaults: false, directives: { defaultSrc: ["'none'"], frameAncestors: ["'none'"] } },
    frameguard: { action: 'deny' },
  })({} as IncomingMessage, recorder as unknown as ServerResponse, (error) => {
    if (isError(error)) throw error;
  });
  return headers;
}

/** The headers that every answer carries, in lower case. */
export const securityHeaders: Readonly<Record<string, string>> = computeHeaders();
