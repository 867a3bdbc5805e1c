import type { Canonical } from '@vaultstream/contracts';
import type { HttpAnswer } from '../platform.ts';
import { canonicalWebUrl } from '../url/canonical-url.ts';
import { isSameSite } from '../url/hosts.ts';

/**
 * What a fetch teaches about a page's address. Two pages wrongly taken for one are worse than one page kept twice, so nothing is taught by
 *  - a link to another registrable site, or to the home page of this one;
 *  - a redirect of a deep address to a home page (how many sites say "not found");
 *  - a redirect to an address that is good for a while only: signed, or of a session. It could not be read again;
 *  - anything, when the address has a `#!` or `#/` route, which the server never saw.
 */

/** Where the redirects ended, when that is another address that can be a name; undefined when there is none. */
export function redirectedTo(known: Canonical, answer: HttpAnswer): string | undefined {
  const [asked, final] = [new URL(known.url), new URL(answer.url)];
  if (asked.hash !== '' || (isHome(final) && !isHome(asked)) || isPassing(final)) return undefined;
  return otherThan(known, canonicalWebUrl(final));
}

/** Where the redirects ended, when they led away from the address asked to one that cannot be its name; else undefined. */
export function answeredElsewhere(known: Canonical, answer: HttpAnswer): string | undefined {
  const [asked, final] = [new URL(known.url), new URL(answer.url)];
  if (asked.hash !== '' || !isHome(final) || isHome(asked)) return undefined;
  return otherThan(known, canonicalWebUrl(final));
}

/**
 * The address that a page names as its canonical one, when that is another than the one that answered, and within the same site: a claim, to
 * be believed once the page there agrees (see `agreedPage`). Undefined when there is none.
 * @param declared what the page says, absolute
 */
export function claimedAddress(known: Canonical, answer: HttpAnswer, declared: string | null): string | undefined {
  const [asked, final] = [new URL(known.url), new URL(answer.url)];
  const claim = declared === null ? null : URL.parse(declared);
  if (asked.hash !== '' || claim === null || (isHome(final) && !isHome(asked))) return undefined;
  if (!isSameSite(claim, final) || (isHome(claim) && !isHome(final))) return undefined;
  const address = canonicalWebUrl(claim);
  return address === null || address === canonicalWebUrl(final) ? undefined : address;
}

function otherThan(known: Canonical, address: string | null): string | undefined {
  return address === null || address === known.url ? undefined : address;
}

/** Parameters of signed and session addresses. */
const passing =
  /^(?:(?:x-(?:amz|goog|oss|cos|bce)-|q-sign-).*|(?:aws)?accesskeyid|signature|sig|sign|hmac|hdnts|hdnea|policy|key-pair-id|expires?|expiry|exp|auth_key|(?:access_?|auth_?)?token|ticket|nonce|sid|(?:php|asp\.net_)?_?sess(?:ion)?_?id)$/i;

/** An address that will not lead there again. */
function isPassing({ searchParams, pathname }: URL): boolean {
  return /;jsessionid=/i.test(pathname) || [...searchParams.keys()].some((name) => passing.test(name));
}

function isHome(url: URL): boolean {
  return url.search === '' && /^\/(?:index\.\w{2,5})?$/i.test(url.pathname);
}
