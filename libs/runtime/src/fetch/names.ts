/**
 * Suffixes that never belong to a public host: special-use names (RFC 6761, 6762, 7686, 8375), `internal` (reserved by ICANN in 2024), and what
 * clusters and home routers use.
 */
const privateSuffixes = [
  'local',
  'internal',
  'localhost',
  'localdomain',
  'lan',
  'home',
  'corp',
  'intranet',
  'home.arpa',
  'svc',
  'cluster.local',
  'onion',
  'i2p',
  'test',
  'invalid',
];

/**
 * Says why a host name cannot belong to a public host, in words that follow the name, or null.
 *
 * @param name As `URL` gives it (ASCII, lower case), without a final dot.
 */
export function nameRefusal(name: string): string | null {
  if (name.length > 253) return 'is longer than 253 characters';
  const labels = name.split('.');
  if (labels.some((label) => label === '' || label.length > 63)) return 'has an empty or too long label';
  if (!labels.every((label) => /^[a-z0-9_-]+$/.test(label))) return 'has characters that no host name has';
  if (labels.length === 1) return 'has no dot, so it is not a public name';
  const suffix = privateSuffixes.find((candidate) => name.endsWith(`.${candidate}`));
  return suffix === undefined ? null : `ends in .${suffix}, which is not public`;
}
