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

/** What an `error_code` means: https://open.weibo.com/wiki/Error_code, as far as the site's own addresses use them. */
const codes: ReadonlyMap<number, ErrorClass> = new Map<number, ErrorClass>([
  [20003, NotFound], // no such user
  [20101, NotFound], // no such status
  [20112, AccessDenied], // by the author's privacy settings
  [21301, AccessDenied], // not logged in
  [21321, AccessDenied],
  [21327, AccessDenied], // the login has expired
  [10004, RateLimited], // by address
  [10009, RateLimited], // too busy
  [10022, RateLimited], // by address
  [10023, RateLimited], // by account
  [10024, RateLimited],
  [10001, UpstreamError],
  [10002, UpstreamError],
  [10003, UpstreamError],
]);

/** Where there is no code that we know, the words: the first that fit. "Does not exist or may not be seen" is a deleted one. */
const words: readonly [RegExp, ErrorClass][] = [
  [/不存在|已被?.{0,6}删除|被删除|has been deleted|does not exist/i, NotFound],
  [/权限|隐私|仅.{0,8}可见|不可见|登录|暂时无法查看|半年|not visible|permission|log ?in/i, AccessDenied],
  [/频繁|频次|稍后|验证|异常|too (?:fast|many)/i, RateLimited],
];

/** The error that `{ok, error_code, message}` stands for; null where it says nothing that we know. */
export function errorOf(body: Readonly<Record<string, unknown>>, options: VaultErrorOptions): VaultError | null {
  const said = cleanLine(body['message'] ?? body['msg'], 200);
  const code = Number(cleanLine(body['error_code'] ?? body['errno'], 10));
  const message = `Weibo answered ok ${cleanLine(body['ok'], 10) ?? '?'}${code ? `, code ${code}` : ''}${said === null ? '' : `: ${said}`}`;
  // Its only content is the address of the login.
  if (Number(body['ok']) === -100) return new AccessDenied(`${message} (a login is demanded)`, options);
  const ErrorOfCode = codes.get(code) ?? words.find(([pattern]) => pattern.test(said ?? ''))?.[1];
  return ErrorOfCode ? new ErrorOfCode(message, options) : null;
}
