import { InvalidInput } from '@vaultstream/contracts';
import type { FastifyInstance } from 'fastify';

/** Deeper than any body of ours; JSON.parse itself takes thousands, what walks the result afterwards may not. */
const maxDepth = 64;

const utf8 = new TextDecoder('utf-8', { fatal: true });

/**
 * Takes JSON bodies only (anything else is 415). An empty body is no body. Refused with 400, naming `body`: malformed JSON,
 * bytes that are not UTF-8, `__proto__` and `constructor.prototype` keys, nesting beyond 64.
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
      return done(invalid('must be UTF-8'));
    }
    if (depthOf(text) > maxDepth) return done(invalid(`must not be nested deeper than ${maxDepth}`));
    void parse(request, text, (error, body) => (error ? done(invalid('must be valid JSON')) : done(null, body)));
  });
}

function invalid(message: string): InvalidInput {
  return new InvalidInput(`body: ${message}`, [{ path: 'body', message }]);
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
