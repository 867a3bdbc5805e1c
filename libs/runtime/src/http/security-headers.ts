import { IncomingMessage, ServerResponse } from 'node:http';
import { Socket } from 'node:net';
import helmet from 'helmet';

/**
 * Helmet's headers, for an API that shows nothing in a browser: no page may embed, frame or run what we answer. They are
 * the same for every answer, so they are computed once and also stand on answers that no middleware sees (a malformed
 * request line). A controller that does serve pages or files sets its own policy with `reply.header`, which wins.
 */
function computeHeaders(): Record<string, string> {
  const response = new ServerResponse(new IncomingMessage(new Socket()));
  helmet({
    contentSecurityPolicy: { useDefaults: false, directives: { defaultSrc: ["'none'"], frameAncestors: ["'none'"] } },
    frameguard: { action: 'deny' },
  })(response.req, response, (error) => {
    if (error !== undefined) throw error;
  });
  response.setHeader('cache-control', 'no-store');
  return Object.fromEntries(Object.entries(response.getHeaders()).map(([name, value]) => [name, String(value)]));
}

/** The headers that every answer carries, in lower case. */
export const securityHeaders: Readonly<Record<string, string>> = computeHeaders();
