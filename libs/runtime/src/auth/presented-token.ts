import type { IncomingHttpHeaders } from 'node:http';

/** Longer than any token that we give out: a longer one is not worth hashing. */
const maxLength = 512;

/** The token that a request presents: `X-API-Token`, else `Authorization: Bearer`. Never from the query. */
export function presentedToken(headers: IncomingHttpHeaders): string | undefined {
  const own = headers['x-api-token'];
  return sane(typeof own === 'string' ? own : /^Bearer +(\S+)$/i.exec(headers.authorization ?? '')?.[1]);
}

/** What to tell a request that presents no token, or an empty one: why there may be none. */
export function noTokenMessage({ 'x-api-token': own, authorization }: IncomingHttpHeaders): string {
  const needed = 'A valid token is needed: X-API-Token, or Authorization: Bearer.';
  if (own === '' || /^Bearer *$/i.test(authorization ?? ''))
    return `${needed} The one that was sent is empty: is the variable that should hold it set?`;
  if (own !== undefined || authorization !== undefined) return needed;
  // curl leaves a header out whose value is empty, so that an unset variable looks like no header.
  return `${needed} None was sent. If it comes from a variable: is that set? curl sends no header that is empty.`;
}

/** The token that a browser presents as the password of HTTP Basic (RFC 7617), with any user name. */
export function tokenAsPassword(headers: IncomingHttpHeaders): string | undefined {
  const encoded = /^Basic +(\S+)$/i.exec(headers.authorization ?? '')?.[1];
  if (encoded === undefined) return undefined;
  const credentials = Buffer.from(encoded, 'base64').toString();
  const colon = credentials.indexOf(':');
  return colon < 0 ? undefined : sane(credentials.slice(colon + 1));
}

function sane(token: string | undefined): string | undefined {
  return token !== undefined && token !== '' && token.length <= maxLength ? token : undefined;
}
