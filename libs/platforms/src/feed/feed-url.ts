import { canonicalWebUrl } from '../url/canonical-url.ts';
import { findUrl } from '../url/find-url.ts';

/** The canonical address in what somebody typed as a feed, or as a page that names one; null when there is none. */
export function feedAddress(input: string): string | null {
  const url = findUrl(input);
  return url && canonicalWebUrl(url);
}
