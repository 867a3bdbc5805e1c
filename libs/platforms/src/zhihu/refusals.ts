import { AccessDenied, NotFound, RateLimited, UpstreamError } from '@vaultstream/contracts';
import { raiseForStatus, retryAfterMs } from '@vaultstream/runtime';
import { membersOf } from '../clean/json.ts';
import { cleanLine } from '../clean/text.ts';
import type { HttpAnswer } from '../platform.ts';

/** "Your network is unusual, please verify", "your request is unusual, it is limited for now": risk control. */
const riskCodes = new Set([40350, 40352, 40362]);
/** "Upgrade your client": the address wants a signature (x-zse-96), which only a script of theirs can make. */
const signatureCodes = new Set([10001, 10002, 10003]);
const loginCodes = new Set([100, 101, 401, 40100]);
const goneCodes = new Set([404, 4040, 4041, 40400, 310000]);

/**
 * Throws what `{error: {code, message, need_login, redirect}}` stands for; returns for an answer without an error.
 * @throws RateLimited, AccessDenied, NotFound, UpstreamError
 */
export function raiseForError(body: unknown, { status, headers }: HttpAnswer): void {
  const { error } = membersOf(body);
  if (typeof error !== 'object' || error === null) return;
  const { code, message, name, redirect, need_login } = membersOf(error);
  const number = Number(cleanLine(code, 12) ?? status);
  const said = cleanLine(message ?? name, 200);
  const text = `Zhihu answered code ${number}${said === null ? '' : `: ${said}`}`;
  const options = { status, retryAfterMs: retryAfterMs(headers['retry-after']) };
  if (riskCodes.has(number) || isCheck(redirect)) throw new RateLimited(text, options);
  if (signatureCodes.has(number)) throw new AccessDenied(`${text} (it wants a signature)`, options);
  if (loginCodes.has(number) || need_login === true) throw new AccessDenied(text, options);
  if (goneCodes.has(number) || status === 404 || /NotFound/.test(String(name))) throw new NotFound(text, options);
  raiseForPlainStatus(status, text, options);
  throw new UpstreamError(text, options);
}

/**
 * Throws for a status that is not an answer: a redirect to the check for robots (RateLimited) or to the login (AccessDenied), a 403 that
 * gives no reason (risk control), one that wants a browser to pass a script first (AccessDenied), and the usual ones.
 */
export function raiseForZhihu(answer: HttpAnswer): void {
  const { status, headers, url, body } = answer;
  const message = `${new URL(url).host} answered ${status}`;
  const options = { status, retryAfterMs: retryAfterMs(headers['retry-after']) };
  if (status >= 300 && status < 400) {
    const { pathname } = URL.parse(headers['location'] ?? '', url) ?? {};
    if (isCheck(pathname)) throw new RateLimited(`${message}: it checks for robots`, options);
    if (pathname?.startsWith('/signin')) throw new AccessDenied(`${message}: a login is demanded`, { status });
    throw new UpstreamError(message, options);
  }
  if (status === 403 && body.includes('zh-zse-ck'))
    throw new AccessDenied(`${message}: it wants the cookie __zse_ck, which a browser has`, { status });
  raiseForPlainStatus(status, message, options);
  raiseForStatus(answer);
}

/** True for the address of the check for robots. */
export function isCheck(address: unknown): boolean {
  return typeof address === 'string' && address.includes('/account/unhuman');
}

function raiseForPlainStatus(status: number, message: string, options: { retryAfterMs: number | undefined }): void {
  if (status === 403) throw new RateLimited(`${message}: risk control`, { ...options, status });
}
