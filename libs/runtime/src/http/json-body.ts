import { InvalidInput } from '@vaultstream/contracts';
import type { FastifyInstance } from 'fastify';
import { describeHttpStatus } from '../problems/describe-http-status.ts';
import { UnreadBody } from './unread-body.ts';
import { hasBody } from './unread-request.ts';

/** Deeper than any body of ours; JSON.parse itself takes thousands, what walks the result afterwards may not. */
const maxDepth = 64;

/** `type/subtype` as Fastify reads it, with or without parameters. */
const mediaType = /^\s*[\w!#$%&'*+.^`|~-]+\/[\w!#$%&'*+.^`|~-]+\s*(?:;|$)/;

const utf8 = new TextDecoder('utf-8', { fatal: true });

/**
 * Takes JSON bodies only (anything else is 415). An empty body is no body. Refused with 400, naming `body`: malformed JSON,
 * bytes that are not UTF-8, `__proto__` and `constructor.prototype` keys, nesting beyond 64. Nothing of it is read before the caller is
 * known (`RequestAuthenticator`), and refused only by a handler that takes a body: until then an `UnreadBody` stands in its place.
 */
export function useJsonBodies(server: FastifyInstance): void {
  const parse = server.getDefaultJsonParser('error', 'error');
  server.removeAllContentTypeParsers();
  server.addContentTypeParser<Buffer>('application/json', { parseAs: 'buffer' }, (request, bytes, done) => {
    if (bytes.length === 0) return done(null, undefined);
    let text: string;
    try {
      text = utf8.decode(bytes);
    } catch {
      return done(null, invalid('must be UTF-8'));
    }
    if (depthOf(text) > maxDepth) return done(null, invalid(`must not be nested deeper than ${maxDepth}`));
    void parse(request, text, (error, body) => done(null, error ? invalid('must be valid JSON') : body));
  });
  server.addContentTypeParser('*', (request, _, done) => done(null, hasBody(request) ? unsupported() : undefined));
  // What is no media type at all never gets as far as a parser: Fastify would answer it although the handler may take no body.
  server.addHook('preParsing', (request, _, payload, done) => {
    const { headers } = request.raw;
    const type = headers['content-type'];
    if (type !== undefined && !mediaType.test(type)) headers['content-type'] = 'application/octet-stream';
    done(null, payload);
  });
}

function invalid(message: string): UnreadBody {
  return new UnreadBody(new InvalidInput(`body: ${message}`, [{ path: 'body', message }]));
}

function unsupported(): UnreadBody {
  const { code = '', detail = '', errors = [] } = describeHttpStatus(415) ?? {};
  return new UnreadBody(new InvalidInput(detail, errors, { status: 415, code }));
}

/** How deep arrays and objects nest in a JSON text. Stops counting at the limit; what is not JSON is not its business. */
function depthOf(text: string): number {
  let depth = 0;
  let deepest = 0;
  let inString = false;
  for (let i = 0; i < text.length && deepest <= maxDepth; i++) {
    const char = text[i];
    if (inString) {
      if (char === '\\') i++;
      else if (char === '"') inString = false;
    } else if (char === '"') inString = true;
    else if (char === '[' || char === '{') deepest = Math.max(deepest, ++depth);
    else if (char === ']' || char === '}') depth--;
  }
  return deepest;
}
