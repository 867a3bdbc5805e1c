import { AccessDenied, NotFound, RateLimited, UpstreamError } from '@vaultstream/contracts';
import { raiseForStatus, retryAfterMs } from '@vaultstream/runtime';
import { membersOf, parseJson } from '../clean/json.ts';
import { cleanLine } from '../clean/text.ts';
import type { HttpAnswer } from '../platform.ts';

/** Its page for an address of the net that it does not trust, with whichever status. A login or another address helps, or time. */
const blocked =
  /whoa there, pardner|blocked by network security|blocked due to a network policy|<title>Blocked<\/title>/i;
/** Why a subreddit shows nothing, as the API words it. */
const closed = new Set(['private', 'quarantined', 'gated', 'gold_only', 'employees_only', 'archived']);

/**
 * Raises what an answer stands for, unless it is the post.
 * @throws RateLimited for too many questions and for the block of the address; AccessDenied for closed subreddits and the login;
 *   NotFound for banned ones; what the status stands for
 */
export function raiseForAnswer(answer: HttpAnswer): void {
  const { status, headers, body } = answer;
  const options = { status, retryAfterMs: retryAfterMs(headers['retry-after'] ?? headers['x-ratelimit-reset']) };
  if (status === 429) throw new RateLimited('Reddit answered 429', options);
  if (status >= 300 && status < 400) throw elsewhere(answer);
  refuseBlock(answer);
  if (status === 403 || status === 404) {
    const reason = reasonOf(body);
    if (closed.has(reason)) throw new AccessDenied(`the subreddit is ${reason}`, { status });
    if (reason === 'banned') throw new NotFound('the subreddit is banned', { status });
  }
  raiseForStatus(answer);
}

/** @throws RateLimited for the page that Reddit shows to addresses of the net that it does not trust, whatever its status */
export function refuseBlock({ status, headers, body }: HttpAnswer): void {
  const start = status < 500 ? body.toString('utf8', 0, 20_000) : '';
  if (!/^\s*</.test(start) || !blocked.test(start)) return;
  throw new RateLimited('Reddit has blocked this address of the net', {
    status,
    retryAfterMs: retryAfterMs(headers['retry-after']),
  });
}

function elsewhere({ status, headers, url }: HttpAnswer): AccessDenied | UpstreamError {
  const target = URL.parse(headers['location'] ?? '', url);
  if (target && /^\/(?:login|account|over18|quarantine)\b/.test(target.pathname))
    return new AccessDenied('Reddit demands a login', { status });
  return new UpstreamError(`Reddit answered ${status}`, { status });
}

function reasonOf(body: Buffer): string {
  try {
    return cleanLine(membersOf(parseJson(body))['reason'], 50) ?? '';
  } catch {
    return '';
  }
}
