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
 * What a `code` other than 0 means. Common ones: https://github.com/SocialSisterYi/bilibili-API-collect, docs/misc/errcode.md;
 * those of videos: docs/video/info.md.
 */
const errors: ReadonlyMap<number, ErrorClass> = new Map<number, ErrorClass>([
  [-400, NotFound], // an id that cannot exist
  [-404, NotFound],
  [62004, NotFound], // under review: it appears, if ever, after days
  [-101, AccessDenied], // not logged in
  [-403, AccessDenied],
  [62002, AccessDenied], // hidden
  [62012, AccessDenied], // for its owner only
  [-352, RateLimited], // risk control
  [-412, RateLimited], // the same, by address
  [-509, RateLimited],
  [-799, RateLimited],
]);

/** The error that a code stands for; an unknown one may pass, so it is tried again. */
export function errorOfCode(code: number, message: unknown): VaultError {
  const said = cleanLine(message, 200);
  const ErrorOfCode = errors.get(code) ?? UpstreamError;
  return new ErrorOfCode(`Bilibili answered code ${code}${said === null ? '' : `: ${said}`}`);
}
