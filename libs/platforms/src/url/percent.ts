const unreserved = /^[A-Za-z0-9\-._~]$/;

/**
 * One spelling of percent-encoding (RFC 3986 6.2.2): unreserved characters decoded, hex in upper case. A `%` that encodes nothing
 * becomes `%25`, as servers read it; else decoding its neighbours could complete it, and the second pass would differ from the first.
 */
export function normalizePercent(value: string): string {
  return value.replace(/%([0-9a-fA-F]{2})?/g, (_, hex: string | undefined) => {
    if (hex === undefined) return '%25';
    const character = String.fromCharCode(parseInt(hex, 16));
    return unreserved.test(character) ? character : `%${hex.toUpperCase()}`;
  });
}
