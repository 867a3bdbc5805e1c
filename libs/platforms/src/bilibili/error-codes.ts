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
 * What a `code` other than 0 means, for every address of the API. Common ones: https://github.com/SocialSisterYi/bilibili-API-collect,
 * docs/misc/errcode.md (the repository was emptied in January 2026; its history has them); those of videos: docs/video/info.md;
 * of posts: nazurin, sites/bilibili/api.py; of rooms: docs/live/info.md.
 */
const errors: ReadonlyMap<number, ErrorClass> = new Map<number, ErrorClass>([
  // Not there
  [-400, NotFound], // an id that cannot exist
  [-404, NotFound],
  [-626, NotFound], // no such user
  [62003, NotFound], // to be published later
  [62004, NotFound], // under review: it appears, if ever, after days
  [4101147, NotFound], // no such post
  [60004, NotFound], // no such room
  // Not for us: somebody must give another account or another country
  [-101, AccessDenied], // not logged in
  [-102, AccessDenied], // the account is banned
  [-106, AccessDenied], // not a full member
  [-401, AccessDenied],
  [-403, AccessDenied],
  [-650, AccessDenied], // the account's level is too low
  [-688, AccessDenied], // region
  [-689, AccessDenied], // licence
  [62002, AccessDenied], // hidden
  [62012, AccessDenied], // for its owner only
  // Not now
  [-105, RateLimited], // risk control: captcha
  [-352, RateLimited], // risk control
  [-412, RateLimited], // the same, by address
  [-509, RateLimited],
  [-799, RateLimited],
  // Their own failure
  [-112, UpstreamError], // maintenance
  [-500, UpstreamError],
  [-503, UpstreamError],
  [-504, UpstreamError],
  [-8888, UpstreamError],
  [500, UpstreamError],
]);

/** The error that a code stands for; an unknown one may pass, so it is tried again. */
export function errorOfCode(code: number, message: unknown, { retryAfterMs }: VaultErrorOptions = {}): VaultError {
  const said = cleanLine(message, 200);
  const ErrorOfCode = errors.get(code) ?? UpstreamError;
  return new ErrorOfCode(`Bilibili answered code ${code}${said === null ? '' : `: ${said}`}`, { retryAfterMs });
}
