import { Refused } from '@vaultstream/contracts';
import { invalid } from './errors.ts';

/** Longest address that we take: characters. */
const maxLength = 8_192;

/**
 * Reads the authority (`host[:port]`) out of an address as it was written, and refuses spellings on which two parsers may disagree: they are
 * gone once `URL` has normalised them.
 *
 * @returns The authority, not normalised.
 * @throws InvalidInput (malformed), Refused (scheme, credentials).
 */
export function authorityOf(raw: string): string {
  if (raw.length > maxLength) throw invalid('url', `longer than ${maxLength} characters`);
  // eslint-disable-next-line no-control-regex -- control characters are what we look for
  if (/[\u0000-\u001f\u007f]/.test(raw)) throw invalid('url', 'contains a control character');
  const scheme = /^([a-z][a-z0-9+.-]*):/i.exec(raw)?.[1]?.toLowerCase();
  if (scheme === undefined) throw invalid('url', 'has no scheme');
  if (scheme !== 'http' && scheme !== 'https') throw new Refused(`scheme ${scheme}: is not allowed`);
  const authority = /^https?:\/\/([^/?#]+)/i.exec(raw)?.[1];
  if (authority === undefined) throw invalid('url', 'is not of the form http://host/path');
  if (authority.includes('@')) throw new Refused('credentials in an address are not allowed');
  if (/[\\%\s]/.test(authority)) throw invalid('url', 'has a host with an escape, a backslash or a space');
  return authority;
}
