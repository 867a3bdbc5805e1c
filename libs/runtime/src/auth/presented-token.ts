import type { IncomingHttpHeaders } from 'node:http';

/** Longer than any token that we give out: a longer one is not worth hashing. */
const maxLength = 512;

/** The token that a request presents: `X-API-Token`, else `Authorization: Bearer`. Never from the query. */
export function presentedToken(headers: IncomingHttpHeaders): string | undefined {
  const own = headers['x-api-token'];
  const token = typeof own === 'string' ? own : /^Bearer +(\S+)$/i.exec(headers.authorization ?? '')?.[1];
  return token !== undefined && token !== '' && token.length <= maxLength ? token : undefined;
}
