import {
  AccessDenied,
  NotFound,
  RateLimited,
  UpstreamError,
  type VaultError,
  type VaultErrorOptions,
} from '@vaultstream/contracts';
import { cleanLine } from '../clean/text.ts';

type ErrorClass = new (message: string, options?: VaultErrorOptions) => VaultError;

/**
 * What the codes of pages and of the API mean, as the clients of it have met them: github.com/ReaJason/xhs and github.com/NanmiCoder/MediaCrawler,
 * their issues until September 2026.
 */
const codes: ReadonlyMap<number, ErrorClass> = new Map<number, ErrorClass>([
  [-1, AccessDenied], // the signature or the login
  [-100, AccessDenied], // the login has expired
  [-101, AccessDenied], // not logged in
  [-104, AccessDenied], // the account may not
  [300011, AccessDenied], // something is wrong with the account
  [300012, RateLimited], // by address
  [300013, RateLimited], // too frequent
  [300015, RateLimited], // the browser looks odd
  [461, RateLimited], // captcha
  [471, RateLimited],
  [-510000, NotFound], // no such note
  [-510001, NotFound], // the note cannot be shown
  [-510002, NotFound],
]);
/** Said of a note that is gone or hidden, and as well of one that is asked for without its token, or with an old one. */
const ambiguous = new Set([300017, 300031]);

/**
 * The error that a code stands for; an unknown one may pass, so it is tried again.
 * @param withToken True when the share brought its token: then what cannot be seen is not there.
 */
export function errorOfCode(
  code: number,
  message: unknown,
  withToken: boolean,
  options: VaultErrorOptions = {},
): VaultError {
  const said = cleanLine(message, 200);
  const text = `Xiaohongshu answered code ${code}${said === null ? '' : `: ${said}`}`;
  if (ambiguous.has(code))
    return withToken
      ? new NotFound(text, options)
      : new AccessDenied(`${text} (share the note with its xsec_token, or set the cookie of an account)`, options);
  const ErrorOfCode = codes.get(code) ?? UpstreamError;
  return new ErrorOfCode(text, options);
}
