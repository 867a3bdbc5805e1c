/** Longest address that is kept: the limit of the content schema. */
const maxLength = 8_192;

/** An absolute http(s) address without credentials, resolved against `base`; null for anything else. `//host` and relative ones work. */
export function httpUrl(value: unknown, base?: string): string | null {
  if (typeof value !== 'string') return null;
  // Browsers drop tabs and line breaks inside addresses, as URL does; leading and trailing space too.
  const text = value.trim();
  if (text === '' || text.length > maxLength) return null;
  const url = URL.parse(text, base);
  if (!url || (url.protocol !== 'http:' && url.protocol !== 'https:')) return null;
  if (url.username !== '' || url.password !== '' || url.hostname === '') return null;
  return url.href.length <= maxLength ? url.href : null;
}

/** As `httpUrl`, with https in place of http where no port speaks against it: for hosts that are known to serve both. */
export function httpsUrl(value: unknown, base?: string): string | null {
  const href = httpUrl(value, base);
  if (!href?.startsWith('http:') || new URL(href).port !== '') return href;
  return href.length < maxLength ? href.replace('http:', 'https:') : null;
}
