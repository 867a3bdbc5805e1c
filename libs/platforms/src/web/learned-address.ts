import type { Canonical } from '@vaultstream/contracts';
import type { HttpAnswer } from '../platform.ts';
import { canonicalWebUrl } from '../url/canonical-url.ts';
import { isSameSite } from '../url/hosts.ts';

/**
 * What a fetch teaches about a page's address: its canonical link where that is credible, else where the redirects ended; undefined when it
 * is what we knew. Two pages wrongly taken for one are worse than one page kept twice, so these teach nothing:
 *  - a link to another registrable site, or to the home page of this one;
 *  - a redirect of a deep address to a home page (how many sites say "not found");
 *  - anything, when the address has a `#!` or `#/` route, which the server never saw.
 * @param declared the page's claim, absolute
 */
export function learnedAddress(known: Canonical, answer: HttpAnswer, declared: string | null): string | undefined {
  const asked = new URL(known.url);
  const final = new URL(answer.url);
  if (asked.hash !== '' || (isHome(final) && !isHome(asked))) return undefined;
  const claim = declared === null ? null : URL.parse(declared);
  const credible = claim !== null && isSameSite(claim, final) && (!isHome(claim) || isHome(final));
  const address = (credible ? canonicalWebUrl(claim) : null) ?? canonicalWebUrl(final);
  return address === null || address === known.url ? undefined : address;
}

function isHome(url: URL): boolean {
  return url.search === '' && /^\/(?:index\.\w{2,5})?$/i.test(url.pathname);
}
